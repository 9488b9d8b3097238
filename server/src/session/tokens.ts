// Rewards of single tokens of a pair, from a scorer of the ensemble that scored its file.
import { keyOfPair } from '#core/edits/pairEdit.ts';
import { UserError } from '#core/messages.ts';
import type { TokenRater } from '#core/reward/ensemble.ts';
import { withParts } from '#core/reward/ensemble.ts';
import { t } from '#core/words/translate.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { PairTokens, TokenScorerView, TokensRequest } from '#protocol/editor/tokens.ts';

import type { OpenDataset } from './dataset.ts';
import { outcomeOf } from './outcome.ts';

type Named = TokenScorerView & TokenRater;

function ratersOf({ ensemble }: OpenDataset): readonly Named[] {
  return withParts(ensemble?.members ?? []).flatMap(({ name, tokens }) =>
    tokens ? [{ title: name, ...tokens }] : [],
  );
}

/** The scorers of a file that can say what each token is worth. */
export function tokenScorers(dataset: OpenDataset): readonly TokenScorerView[] {
  return ratersOf(dataset).map(({ id, title }) => ({ id, title }));
}

export const whyNoModels = (): string =>
  t('PrefLens uses no models and no templates in an untrusted workspace.');

/**
 * @param speak says a sentence in the language of the page
 */
export async function tokensOf(
  dataset: OpenDataset,
  { record, pair = 0, pairKey, scorer }: TokensRequest,
  speak: (sentence: () => string) => string,
  signal: AbortSignal,
): Promise<Outcome<PairTokens>> {
  return outcomeOf(async () => {
    const rater = ratersOf(dataset).find(({ id }) => id === scorer);
    if (!rater) throw new UserError(speak(() => t('The file is scored with other models by now.')));
    const read = dataset.readPair(record, pair);
    if (!read || keyOfPair(read.pair) !== pairKey)
      throw new UserError(speak(() => t('Another pair stands here by now.')));
    return rater.rate(read.pair, signal);
  });
}
