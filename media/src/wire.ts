// The page's end of the channel: the only place that posts or receives messages.
import type { Channel, ChannelEnd, ChannelMessage, Sends } from '#core/channel/channel.ts';
import { openChannel } from '#core/channel/channel.ts';

interface Host {
  postMessage(message: ChannelMessage): void;
}
declare function acquireVsCodeApi(): Host;

/** @param end what the page answers */
export function openWire<Out extends Sends, In extends Sends>(
  end: Pick<ChannelEnd<In>, 'handlers' | 'listeners' | 'onFault'>,
): Channel<Out> {
  const host = acquireVsCodeApi();
  const channel = openChannel<Out, In>({
    ...end,
    name: crypto.randomUUID(),
    post(message) {
      host.postMessage(message);
    },
    // A page answers nothing that grows old.
    revision: () => 0,
  });
  window.addEventListener('message', (event: MessageEvent<ChannelMessage>) => {
    channel.receive(event.data);
  });
  return channel;
}
