// What a rule still lacks, as sentences for its author.
import type { Rule } from '#core/checks/check.ts';
import { examine } from '#core/checks/examine.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { stageOf } from '#core/checks/table.ts';
import { parseRecord } from '#core/json/parseRecord.ts';

import type { Count } from '../bench/planted.ts';
import { ALL_ON, NOT_PLANTED } from '../bench/planted.ts';
import type { FixtureStage, RecordCase } from '../fakes/fixtures.ts';
import { casesOf, FIXTURE_FOLDERS, fixturePath, fixtureText, mappingOf } from '../fakes/fixtures.ts';
import { recordOf } from '../fakes/records.ts';
import { SKELETON } from './skeletons.ts';

/** A part that a rule leaves empty, and the sentence about it. */
const PARTS: readonly (readonly [isMissing: (rule: Rule) => boolean, sentence: string])[] = [
  [
    ({ title }) => title === '' || title.length >= 80,
    'Write "title": what is wrong, in one line under 80 characters.',
  ],
  [
    ({ why }) => why.length <= 40,
    'Write "why": what such data does to the model, in more than 40 characters.',
  ],
  [
    ({ example }) => example === '',
    'Write "example": a record that is reported, or a sentence if one record cannot show it.',
  ],
  [({ remedy }) => remedy.length <= 10, 'Write "remedy": what to do, in more than 10 characters.'],
  [
    ({ options }) => options !== undefined && Object.keys(options).length === 0,
    'Write "options": what users can set, or remove it.',
  ],
  [({ source }) => source === '', 'Write "source": where the fault is described, or remove it.'],
  [
    ({ precision }) => precision?.on === '',
    'Write "precision": how many findings you read on which data and how many were right, or remove it.',
  ],
];

/** Rules whose example shortens the fault: a real key, or an answer of 300 characters. */
const SHORTENED = new Set(['secret', 'near-identical-pair']);

/** Whether the example looks like a record but the rule does not report it. */
function isExampleWrong({ id, example }: Rule): boolean {
  if (stageOf(id) !== 'record' || SHORTENED.has(id) || !/^\s*[[{]/.test(example)) return false;
  const { findings } = examine(parseRecord(recordOf(example)), mappingOf(example), 0, resolveRules([ALL_ON]));
  return !findings.some(({ rule }) => rule === id);
}

const reports =
  (rule: string) =>
  ({ expect }: Pick<RecordCase, 'expect'>): boolean =>
    expect.some((one) => one.startsWith(`${rule}@`));

function missingInFixture(id: string, stage: FixtureStage, isPlanted: boolean): string[] {
  const path = fixturePath(stage, id);
  const text = fixtureText(stage, id);
  // Code alone may plant faults of whole files.
  if (text === undefined) return stage === 'dataset' && isPlanted ? [] : [`Add ${path}.`];
  const cases = stage === 'record' ? casesOf(stage, id) : undefined;
  return [
    SKELETON.test(text) ? `Replace the skeleton's records in ${path}.` : '',
    cases && !cases.some(reports(id)) ? `Add a record that must be reported to ${path}.` : '',
    cases?.every(reports(id)) ? `Add a record that must not be reported to ${path}.` : '',
    isPlanted ? '' : `Add a line {"plant": …} to ${path}, or a fault to test/bench/faults.ts.`,
  ];
}

/**
 * Sentences about what a rule lacks.
 * @param count what was found of the faults planted for it; undefined where none is
 */
export function missingInRule(rule: Rule, count: Count | undefined): string[] {
  const { id } = rule;
  const stage = stageOf(id);
  const isOfData = !NOT_PLANTED.has(id) && stage !== undefined && stage in FIXTURE_FOLDERS;
  const sentences = [
    ...PARTS.map(([isMissing, sentence]) => (isMissing(rule) ? sentence : '')),
    isExampleWrong(rule) ? 'Change "example": the rule does not report it.' : '',
    (count?.silent ?? 0) > 0 ? 'Write "message": what this finding saw, with its numbers or names.' : '',
    ...(isOfData ? missingInFixture(id, stage as FixtureStage, count !== undefined) : []),
  ];
  return sentences.filter((sentence) => sentence !== '').map((sentence) => `${id}: ${sentence}`);
}
