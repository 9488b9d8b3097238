import { useEffect, useMemo, useState } from 'preact/hooks';

import type { WordDiff } from '#core/compare/wordDiff.ts';
import { wordDiff } from '#core/compare/wordDiff.ts';

import { soon } from './slices.ts';

/** UTF-16 units of both answers that are compared before they are drawn; longer ones are marked a moment later. */
const AT_ONCE = 20_000;

/** The differences of two answers; undefined if they are not wanted, or not known yet. */
export function useDifferences(chosen: string, rejected: string, isWanted: boolean): WordDiff | undefined {
  const isQuick = isWanted && chosen.length + rejected.length <= AT_ONCE;
  const quick = useMemo(
    () => (isQuick ? wordDiff(chosen, rejected) : undefined),
    [chosen, rejected, isQuick],
  );
  const [late, setLate] = useState<{ readonly of: readonly string[]; readonly diff: WordDiff }>();
  useEffect(() => {
    if (!isWanted || isQuick) return undefined;
    return soon(() => {
      setLate({ of: [chosen, rejected], diff: wordDiff(chosen, rejected) });
    });
  }, [chosen, rejected, isWanted, isQuick]);
  if (quick) return quick;
  const isOf = late?.of[0] === chosen && late.of[1] === rejected;
  return isWanted && isOf ? late.diff : undefined;
}
