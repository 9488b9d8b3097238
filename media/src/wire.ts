interface Host<From> {
  postMessage(message: From): void;
}
declare function acquireVsCodeApi<From>(): Host<From>;

/** The page's end of the channel: the only place that posts or receives messages. */
export function openWire<From, To>(onMessage: (message: To) => void): (message: From) => void {
  const host = acquireVsCodeApi<From>();
  window.addEventListener('message', (event: MessageEvent<To>) => {
    onMessage(event.data);
  });
  return (message) => {
    host.postMessage(message);
  };
}
