// What comes of an action on the shown pair, as an event of either page.
import type { Reply } from '#core/channel/channel.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { ActionResult, ShownPair } from '#protocol/page/pair.ts';

export type ActionEvent =
  | { readonly kind: 'actionDone'; readonly at: ShownPair; readonly result: ActionResult }
  | { readonly kind: 'actionFailed'; readonly reason: string };

/** Never rejects: a request that fails is an event too. */
export async function actionEvent(
  at: ShownPair,
  request: Promise<Reply<ActionResult>>,
): Promise<ActionEvent> {
  try {
    return { kind: 'actionDone', at, result: (await request).result };
  } catch (error) {
    return { kind: 'actionFailed', reason: errorMessage(error) };
  }
}
