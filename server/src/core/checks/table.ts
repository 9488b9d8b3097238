import type { Severity } from '../model/finding.ts';
import type { PairCheck, Rule } from './check.ts';
import { emptyResponse } from './emptyResponse.ts';
import { identicalPair } from './identicalPair.ts';
import { prefixPair } from './prefixPair.ts';
import { preferenceCycle } from './relations/cycles.ts';
import { duplicatePair, oppositeDuplicate } from './relations/duplicates.ts';
import { splitLeak } from './relations/leaks.ts';
import { nearDuplicatePair } from './relations/nearDuplicates.ts';
import { turnMarkerInResponse } from './turnMarker.ts';

/** Every check of one pair, in the order of its reports. */
export const PAIR_CHECKS: readonly PairCheck[] = [
  emptyResponse,
  identicalPair,
  prefixPair,
  turnMarkerInResponse,
];

/** What reading a record can report, before there is a pair to check. */
export const RECORD_RULES = {
  'invalid-json': {
    id: 'invalid-json',
    severity: 'error',
    title: 'The line is not one JSON value',
    help: 'Loaders stop or skip at such a line. The message names the first byte that cannot be read; the rest of the file is checked all the same.',
  },
  'not-an-object': {
    id: 'not-an-object',
    severity: 'error',
    title: 'The line is JSON, but not an object',
    help: 'A record of preference data is an object with named fields.',
  },
  'missing-field': {
    id: 'missing-field',
    severity: 'error',
    title: 'A field that the schema needs is not there',
    help: 'The rest of the file has this field, so a trainer will stop at the record or drop it in silence. Fill it in, or drop the record.',
  },
  'wrong-type': {
    id: 'wrong-type',
    severity: 'error',
    title: 'A field holds another type than in the rest of the file',
    help: 'A boolean, number or list where text is expected usually comes from an exporter that guessed types. Write the value as text, or drop the record.',
  },
} as const satisfies Record<string, Rule>;

/** What scores can report. The texts say what such a finding is not. */
export const SCORE_RULES = {
  'likely-mislabeled': {
    id: 'likely-mislabeled',
    severity: 'warning',
    title: 'The label speaks against the rest of the file',
    help: 'The pair stands at the head of a ranking by how strongly the scorer prefers the rejected answer. It is a place to look, not a verdict: the default scorer judges consistency with the rest of the file, not truth. Read both answers, then flip, drop or keep.',
  },
  'scorers-disagree': {
    id: 'scorers-disagree',
    severity: 'information',
    title: 'Several scorers do not agree on the label',
    help: 'Some of the scorers of this file side with the label and some against it, and their margins lie far apart. That says nothing of who is right: such pairs are worth a person, and are no good evidence for or against any scorer.',
  },
  'low-margin': {
    id: 'low-margin',
    severity: 'information',
    title: 'The scorer can hardly tell the two responses apart',
    help: 'The pair has one of the smallest margins of the file. That is no sign of a wrong label, and no sign that people would disagree: it says that the pair teaches little of what the scorer can see.',
  },
} as const satisfies Record<string, Rule>;

/** What only the whole dataset shows. */
export const RELATION_RULES: readonly Rule[] = [
  duplicatePair,
  oppositeDuplicate,
  preferenceCycle,
  splitLeak,
  nearDuplicatePair,
];

/** The severity of a rule by its id. */
export function severityOf(id: string): Severity | undefined {
  return ALL_RULES.find((rule) => rule.id === id)?.severity;
}

export const ALL_RULES: readonly Rule[] = [
  ...Object.values(RECORD_RULES),
  ...PAIR_CHECKS,
  ...RELATION_RULES,
  ...Object.values(SCORE_RULES),
];
