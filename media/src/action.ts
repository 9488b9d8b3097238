// What comes of a request about the shown pair, as an event of either page.
import type { Reply } from '#core/channel/channel.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { Written } from '#protocol/editor/templates.ts';
import type { PairTokens, TokensRequest } from '#protocol/editor/tokens.ts';
import type { ActionResult, ShownPair } from '#protocol/page/pair.ts';

import type { TokenEvent, WantedTokens } from './model/tokenRewards.ts';
import type { StringsReceived, WantedStrings } from './model/tokenStrings.ts';

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

/** The strings of a template that were requested. A request that fails is a fault of both. */
export async function stringsEvent(
  of: WantedStrings,
  request: Promise<Reply<readonly Written[]>>,
): Promise<StringsReceived> {
  const kind = 'stringsReceived';
  try {
    return { kind, of, written: (await request).result };
  } catch (error) {
    const fault = { kind: 'ended', at: of.template.title, detail: errorMessage(error) } as const;
    return { kind, of, written: of.conversations.map(() => ({ ok: false, fault })) };
  }
}

export function tokensRequest({ uri, record, pair, pairKey, scorer }: WantedTokens): TokensRequest {
  return { uri, record, pair, pairKey, scorer: scorer.id };
}

/** The rewards of tokens that were requested, or why there are none. */
export async function tokensEvent(
  of: WantedTokens,
  request: Promise<Reply<Outcome<PairTokens>>>,
): Promise<TokenEvent> {
  const kind = 'tokensReceived';
  try {
    return { kind, of, found: (await request).result };
  } catch (error) {
    return { kind, of, found: { ok: false, why: errorMessage(error) } };
  }
}
