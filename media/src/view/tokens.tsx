// The rewards of tokens as numbers: what they add up to, what no mark shows, and the strongest ones.
import type { JSX } from 'preact';

import { plural } from '#core/words/numbers.ts';
import { english, t } from '#core/words/translate.ts';
import type { AnswerTokens, PairTokens } from '#protocol/editor/tokens.ts';
import type { PairView } from '#protocol/editor/views.ts';

import type { MarkedTokens } from '../model/tokenMarks.ts';
import { effectOn, strongest, sumOf, tokenReward } from '../model/tokenMarks.ts';
import type { TokenRewards } from '../model/tokenRewards.ts';
import type { RecordEvent } from '../model/viewOptions.ts';

type Side = 'chosen' | 'rejected';

const SIDES = { chosen: english('Chosen'), rejected: english('Rejected') };

const inTokens = (count: number, reward: number): string =>
  t('{0} in {1}', tokenReward(reward), plural(count, 'token'));

interface RowProps {
  readonly label: string;
  readonly found: PairTokens;
  readonly words: (answer: AnswerTokens, side: Side) => string;
}

function Row({ label, found, words }: RowProps): JSX.Element {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{words(found.chosen, 'chosen')}</td>
      <td>{words(found.rejected, 'rejected')}</td>
    </tr>
  );
}

function Sums({ found, marked }: { readonly found: PairTokens; readonly marked: MarkedTokens }): JSX.Element {
  const areHidden = found.chosen.hidden.tokens + found.rejected.hidden.tokens > 0;
  return (
    <table>
      <thead>
        <tr>
          <td />
          <th scope="col">{t(SIDES.chosen)}</th>
          <th scope="col">{t(SIDES.rejected)}</th>
        </tr>
      </thead>
      <tbody>
        <Row label={t('Reward')} found={found} words={({ tokens, reward }) => inTokens(tokens, reward)} />
        {marked.isRestricted && (
          <Row
            label={t('Where the answers differ')}
            found={found}
            words={(_, side) => tokenReward(sumOf(marked[side]))}
          />
        )}
        {areHidden && (
          <Row
            label={t('Template and calls')}
            found={found}
            words={({ hidden }) => inTokens(hidden.tokens, hidden.reward)}
          />
        )}
      </tbody>
    </table>
  );
}

/** Where a model did not see the end of an answer. */
function Cut({ view, found }: { readonly view: PairView; readonly found: PairTokens }): JSX.Element {
  const cuts = (['chosen', 'rejected'] as const).flatMap((side) => {
    const { cutAt } = found[side];
    return cutAt === undefined ? [] : [{ side, left: view[side].text.length - cutAt }];
  });
  return (
    <>
      {cuts.map(({ side, left }) => (
        <p class="cut">
          {side === 'chosen'
            ? t(
                'The chosen answer did not fit into the window of the models: its last {0} have no reward.',
                plural(left, 'character'),
              )
            : t(
                'The rejected answer did not fit into the window of the models: its last {0} have no reward.',
                plural(left, 'character'),
              )}
        </p>
      ))}
    </>
  );
}

function Strongest({
  view,
  marked,
}: {
  readonly view: PairView;
  readonly marked: MarkedTokens;
}): JSX.Element {
  const listed = (['chosen', 'rejected'] as const).flatMap((side) =>
    strongest(marked, side, view[side].text),
  );
  return (
    <ul class="reasons" aria-label={t('Tokens with the largest rewards')}>
      {listed.map(({ text, side, reward }) => (
        <li class={effectOn(side, reward) < 0 ? 'against' : 'for'}>
          <span class="what">{`“${text}”`}</span>
          <span class="where">{side === 'chosen' ? t('chosen') : t('rejected')}</span>
          <span class="weight">{tokenReward(reward)}</span>
        </li>
      ))}
    </ul>
  );
}

interface TokensProps {
  readonly view: PairView;
  readonly tokens: TokenRewards;
  /** Undefined until they are there. */
  readonly marked: MarkedTokens | undefined;
  readonly dispatch: (event: RecordEvent) => void;
}

export function Tokens({ view, tokens: { of, found }, marked, dispatch }: TokensProps): JSX.Element {
  if (!found) return <p class="awaited">{t('{0} reads both answers token by token…', of.scorer.title)}</p>;
  return (
    <section class="tokens">
      <h3>{t('Rewards of tokens, by {0}', of.scorer.title)}</h3>
      {found.ok && marked ? (
        <>
          <p class="about">
            {t(
              'What each token adds to the reward of its answer, β·(log π − log π_ref). A token of the rejected answer with a reward above 0 lowers the margin.',
            )}
          </p>
          <Sums found={found.value} marked={marked} />
          <Cut view={view} found={found.value} />
          <Strongest view={view} marked={marked} />
        </>
      ) : (
        <div role="alert">
          <p>{t('There are none for this pair: {0}', found.ok ? '' : found.why)}</p>
          <button
            type="button"
            class="more"
            onClick={() => {
              dispatch({ kind: 'tokensRetried' });
            }}
          >
            {t('Try Again')}
          </button>
        </div>
      )}
    </section>
  );
}
