import type { FromPage, ToPage } from '#protocol/page.ts';

interface Host {
  postMessage(message: FromPage): void;
}
declare function acquireVsCodeApi(): Host;

/** The page's end of the channel: the only place that posts or receives messages. */
export function openWire(onMessage: (message: ToPage) => void): (message: FromPage) => void {
  const host = acquireVsCodeApi();
  window.addEventListener('message', (event: MessageEvent<ToPage>) => {
    onMessage(event.data);
  });
  return (message) => {
    host.postMessage(message);
  };
}
