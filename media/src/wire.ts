interface Host<From, State> {
  postMessage(message: From): void;
  setState(state: State): void;
}
declare function acquireVsCodeApi<From, State>(): Host<From, State>;

/** The page's end of the channel: the only place that posts or receives messages. */
export interface Wire<From, State> {
  readonly post: (message: From) => void;
  /** What the editor hands back when the page is opened again after a reload. */
  readonly remember: (state: State) => void;
}

export function openWire<From, To, State = never>(onMessage: (message: To) => void): Wire<From, State> {
  const host = acquireVsCodeApi<From, State>();
  window.addEventListener('message', (event: MessageEvent<To>) => {
    onMessage(event.data);
  });
  return {
    post: (message) => {
      host.postMessage(message);
    },
    remember: (state) => {
      host.setState(state);
    },
  };
}
