// What comes of an action on the shown pair, as an event of either page.
import type { Reply } from '#core/channel/channel.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { ActionResult, ShownPair } from '#protocol/page/pair.ts';

export type ActionEvent<Action> =
  | {
      readonly kind: 'actionDone';
      readonly action: Action;
      readonly at: ShownPair;
      readonly result: ActionResult;
    }
  | { readonly kind: 'actionFailed'; readonly action: Action; readonly reason: string };

/** Never rejects: a request that fails is an event too. */
export async function actionEvent<Action>(
  action: Action,
  at: ShownPair,
  request: Promise<Reply<ActionResult>>,
): Promise<ActionEvent<Action>> {
  try {
    return { kind: 'actionDone', action, at, result: (await request).result };
  } catch (error) {
    return { kind: 'actionFailed', action, reason: errorMessage(error) };
  }
}
