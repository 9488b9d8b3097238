import type { Polarity } from '../../mapping/polarity/polarity.ts';
import type { DatasetCheck } from './datasetCheck.ts';

/** "62 %" */
export const certaintyLabel = ({ certainty }: Polarity): string =>
  `${Math.min(99, Math.floor(100 * certainty))} %`;

/** The question that an unsure file leaves open, with both readings; undefined if it is certain which answer is better. */
export function unsureQuestion(polarity: Polarity | undefined): string | undefined {
  if (!polarity || polarity.isSure) return undefined;
  const [likely, other] = polarity.readings;
  const readings = [likely, other].flatMap((one) => (one ? [one.words] : [])).join('; or ');
  return `PrefLens can’t tell which answer is the better one: ${readings}. Nothing is scored until preflens.json says which`;
}

function unsureMessage(polarity: Polarity | undefined): string | undefined {
  const question = unsureQuestion(polarity);
  return question && `${question}: \`preflens schema\` with this file shows the entry of each reading.`;
}

export const polarityUnsure: DatasetCheck = {
  id: 'polarity-unsure',
  severity: 'information',
  title: 'PrefLens can’t tell which answer the label prefers',
  why: 'Labels such as 0 and 1, or a sign, mean either answer in different datasets. PrefLens weighs the names of the fields, the README beside the file, stored scores and the lengths of the answers. If they don’t decide it, a guess could turn every label of the file around, so nothing is scored and no finding relies on the label.',
  example: '{"prompt": "Name a metal.", "response_a": "Iron.", "response_b": "Wax.", "label": 0}',
  remedy:
    'Look at a record, then settle it in preflens.json. `preflens schema FILE` prints the entry of each reading; `preflens schema FILE --write --better READING` writes it; in the editor, run "PrefLens: Map Fields…".',
  checkDataset: ({ polarity }) => unsureMessage(polarity),
};
