// `schema` for a file that fits no schema: what comes nearest, which fields there are, and an entry of preflens.json
// that reads them.
import { certaintyLabel } from '#core/checks/dataset/polarityUnsure.ts';
import { spacedJson } from '#core/config/entry.ts';
import type { FieldSeen } from '#core/config/fieldsSeen.ts';
import type { SuggestedReading } from '#core/config/readingWords.ts';
import type { Suggestion } from '#core/config/suggest.ts';
import type { Polarity } from '#core/mapping/polarity/polarity.ts';
import { SURE } from '#core/mapping/polarity/polarity.ts';
import {
  MAP_ALL_THE_SAME,
  messages,
  nearMessage,
  otherKindMessage,
  pythonMessage,
  shellWord,
} from '#core/messages.ts';
import type { JsonObject } from '#core/model/json.ts';
import { addMapping, mappingEntry } from '#node/addEntry.ts';
import { configPathFor } from '#node/config.ts';
import type { DataFile } from '#node/dataFile.ts';

import type { Command } from './command.ts';

export interface SuggestOptions {
  readonly json: boolean;
  /** Write the entry into preflens.json. */
  readonly write?: boolean;
  /** Which answer is better, if the file does not say it: the `better` of one of the readings. */
  readonly better?: string;
}

/** Most fields to list for people; --json lists all. */
const MAX_FIELDS = 40;

function fieldLines(fields: readonly FieldSeen[], indent: string): readonly string[] {
  const shown = fields.slice(0, MAX_FIELDS);
  const width = Math.min(32, Math.max(0, ...shown.map(({ ref }) => ref.length)));
  const lines = shown.flatMap(({ ref, types, share, example, values, range, items }) => {
    const part =
      share >= 1
        ? ''
        : `, in ${Math.max(1, Math.round(100 * share))} % of the ${indent.length > 4 ? 'items' : 'records'}`;
    const few =
      values && values.length > 1 && values.every((value) => JSON.stringify(value).length <= 20)
        ? `; values: ${values.map((value) => JSON.stringify(value)).join(', ')}`
        : range
          ? `; from ${range[0]} to ${range[1]}`
          : '';
    return [
      `${indent}${ref.padEnd(width)}  ${types.slice(0, 3).join(' or ')}${part}: ${example}${few}`,
      ...fieldLines(items ?? [], `${indent}  `),
    ];
  });
  const more = fields.length - shown.length;
  return more > 0 ? [...lines, `${indent}and ${more} more`] : lines;
}

/** The reading to write. Throws a UserError if it is not certain which one is meant. */
function chosenReading(
  path: string,
  readings: readonly SuggestedReading[],
  better: string | undefined,
): SuggestedReading {
  const [first, second] = readings;
  if (better !== undefined) {
    const chosen = readings.find((one) => one.better === better);
    if (!chosen)
      throw messages.noSuchReading(
        better,
        readings.map((one) => one.better),
      );
    return chosen;
  }
  if (!first) throw messages.nothingToSuggest(path);
  if (second) throw messages.uncertainPolarity(path, readings);
  return first;
}

/** Writes one of the readings of a file into preflens.json, and says so. */
async function writeReading(
  command: Command,
  path: string,
  readings: readonly SuggestedReading[],
  better: string | undefined,
): Promise<void> {
  const reading = chosenReading(path, readings, better);
  const written = await addMapping(path, reading.rule);
  command.note(
    `${written}: this entry was added to "mappings": ${spacedJson(mappingEntry(written, path, reading.rule))}`,
  );
}

/** Settles an open label by writing one of its readings. */
export async function settle(
  command: Command,
  path: string,
  { readings, isSure }: Polarity,
  better: string | undefined,
): Promise<void> {
  await writeReading(command, path, isSure && better === undefined ? readings.slice(0, 1) : readings, better);
}

/** How the meaning of a label was decided, and how a person can decide it. */
export function polarityLines(path: string, polarity: Polarity): readonly string[] {
  const { evidence, readings, isSure } = polarity;
  const spelt = (weight: number): string => `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(1)}`;
  const sum = evidence.reduce((total, { weight }) => total + weight, 0);
  const because = evidence.map(({ says, weight }) => `${says} (${spelt(weight)})`).join('; ');
  const config = configPathFor(path);
  return [
    `  decided by:    ${because === '' ? 'nothing: the file has no evidence' : because}`,
    `  certainty:     ${certaintyLabel(polarity)}; log-odds ${sum.toFixed(1)}, ${Math.round(100 * SURE)} % is enough`,
    ...(isSure
      ? []
      : [
          `  unsure:        nothing is scored, and no finding relies on the label, until an entry under "mappings" in ${config} says it:`,
          ...readings.flatMap(({ rule, words, better }) => [
            `    if ${words} (preflens schema ${shellWord(path)} --write --better ${shellWord(better)} writes it):`,
            `      ${spacedJson(mappingEntry(config, path, rule))}`,
          ]),
        ]),
  ];
}

/** Prints what could read a file that is not recognised. With `write`, writes it; returns whether it did. */
export async function suggestFor(
  command: Command,
  { path }: DataFile,
  suggestion: Suggestion,
  { json, write, better }: SuggestOptions,
): Promise<boolean> {
  if (write) {
    await writeReading(command, path, suggestion.readings, better);
    return true;
  }
  const config = configPathFor(path);
  const { kind, nearest, fields, readings, known } = suggestion;
  const entryOf = (rule: SuggestedReading['rule']): JsonObject => mappingEntry(config, path, rule);
  if (json) {
    await command.json({
      file: path,
      id: null,
      looksLike: kind ?? null,
      nearest,
      fields,
      readings: readings.map(({ rule, words, better }) => ({ entry: entryOf(rule), words, better })),
    });
    return false;
  }
  command.print(`${path}: no preference pairs recognised`);
  if (kind !== undefined) command.print(`  ${otherKindMessage(kind)}`);
  if (nearest.length > 0) command.print('  nearest schemas:');
  for (const near of nearest) command.print(`    ${nearMessage(near)}`);
  command.print('  fields:');
  for (const line of fieldLines(fields, '    ')) command.print(line);
  const python = pythonMessage(path, fields);
  if (python !== undefined) command.print(`  ${python}`);
  const [only, ...others] = kind === undefined ? readings : [];
  if (!only) {
    const rule = { prompt: 'FIELD', chosen: 'FIELD', rejected: 'FIELD', ...known };
    command.print(
      kind === undefined
        ? `  No entry is certain. Put the fields into this one, under "mappings" in ${config}:`
        : `  ${MAP_ALL_THE_SAME}, under "mappings" in ${config}:`,
    );
    command.print(`    ${spacedJson(entryOf(rule))}`);
  } else if (others.length === 0) {
    command.print(`  This entry under "mappings" in ${config} reads them; --write writes it:`);
    command.print(`    ${spacedJson(entryOf(only.rule))}`);
    command.print(`  With it, ${only.words}.`);
  } else {
    command.print(
      `  The file does not say which answer is better. One of these entries under "mappings" in ${config} is right:`,
    );
    for (const { rule, words, better: token } of readings) {
      command.print(`    if ${words} (--write --better ${shellWord(token)} writes it):`);
      command.print(`      ${spacedJson(entryOf(rule))}`);
    }
  }
  return false;
}
