// The page's end of the channel: the only place that posts or receives messages.
import type { Channel, ChannelEnd, ChannelMessage, Sends } from '#core/channel/channel.ts';
import { openChannel } from '#core/channel/channel.ts';

interface Host {
  postMessage(message: ChannelMessage): void;
}
declare function acquireVsCodeApi(): Host;

/** What a page handles of the messages it receives. */
export type PageEnd<In extends Sends> = Pick<ChannelEnd<In>, 'handlers' | 'listeners' | 'onFault'>;

export type OpenWire<Out extends Sends, In extends Sends> = (end: PageEnd<In>) => Channel<Out>;

export function openWire<Out extends Sends, In extends Sends>(end: PageEnd<In>): Channel<Out> {
  const host = acquireVsCodeApi();
  const channel = openChannel<Out, In>({
    ...end,
    name: crypto.randomUUID(),
    post(message) {
      host.postMessage(message);
    },
    // A page has no data of its own that could be out of date.
    revision: () => 0,
  });
  window.addEventListener('message', (event: MessageEvent<ChannelMessage>) => {
    channel.receive(event.data);
  });
  return channel;
}
