// The client's end of the channel to a page.
import type * as vscode from 'vscode';

import type { Channel, ChannelEnd, ChannelMessage, Sends } from '#core/channel/channel.ts';
import { openChannel } from '#core/channel/channel.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { t } from '#core/words/translate.ts';

import { say } from '../say.ts';

function report(message: string): void {
  void say('error', message);
}

/** Opens the channel to the page of a panel; it closes with the panel. */
export function channelTo<Out extends Sends, In extends Sends>(
  panel: vscode.WebviewPanel,
  end: Pick<ChannelEnd<In>, 'handlers' | 'listeners' | 'revision'>,
): Channel<Out> {
  const channel = openChannel<Out, In>({
    ...end,
    name: 'client',
    post(message) {
      panel.webview.postMessage(message).then(undefined, (error: unknown) => {
        report(errorMessage(error));
      });
    },
    onFault: report,
  });
  panel.webview.onDidReceiveMessage((message: ChannelMessage) => {
    channel.receive(message);
  });
  panel.onDidDispose(() => {
    channel.close(t('The view was closed.'));
  });
  return channel;
}
