// Describes a dataset: `index` and `schema`.

import { unsureQuestion } from '#core/checks/dataset/polarityUnsure.ts';
import { unreadMessage } from '#core/checks/dataset/promptNotRead.ts';
import type { Survey } from '#core/dataset/survey.ts';
import { groupBy } from '#core/group.ts';
import { findField, formatPath, hasField } from '#core/mapping/field.ts';
import { fieldsOf, fits, namesRead, partFor } from '#core/mapping/read.ts';
import { contenders } from '#core/mapping/recognise.ts';
import { axesOf } from '#core/mapping/table.ts';
import { labelValues } from '#core/mapping/values.ts';
import { messages, UserError } from '#core/messages.ts';
import { countLabel } from '#core/report/formats.ts';
import { plural } from '#core/words/numbers.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openDataset, openFile } from '#node/files.ts';
import { readingOf } from '#node/inspect.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import { stampOf } from '#node/stored.ts';
import { recogniseIfKnown, sampleOf, suggestionFor, whyUnrecognised } from '#node/surveyFile.ts';

import type { Command } from './command.ts';
import { surveyOne } from './job.ts';
import type { SuggestOptions } from './suggest.ts';
import { polarityLines, settle, suggestFor } from './suggest.ts';

function indexCounts({ facts, counts, recognition }: Survey) {
  const { recordCount, pairCount, preferenceCount, tieCount, judgementCount } = facts;
  return {
    mapping: recognition?.mapping.id ?? null,
    unsure: unsureQuestion(recognition?.polarity) ?? null,
    records: recordCount,
    pairs: pairCount,
    preferences: preferenceCount,
    ties: tieCount,
    judgements: judgementCount,
    findings: Object.fromEntries(counts),
  };
}

/**
 * Surveys files and prints what was found, the time, and the path of the facts. With `json`, one line per file.
 */
export async function index(
  command: Command,
  path: string,
  { json, rebuild }: { json: boolean; rebuild: boolean },
): Promise<void> {
  const { files, failed } = await openDataset(path, recordBytesFor(command.memoryMb));
  for (const { error } of failed) command.fail(error);
  for (const file of files) {
    const begun = performance.now();
    const read = await surveyOne(command, file, { rebuild }).catch((error: unknown) => {
      if (!(error instanceof UserError) || command.signal.aborted) throw error;
      command.fail(error);
      return undefined;
    });
    if (!read) continue;
    const { survey, source, sidecar } = read;
    if (survey.obstacle) {
      command.fail(whyUnrecognised(file.path, survey));
      continue;
    }
    const seconds = (performance.now() - begun) / 1000;
    command.bar.clear();
    if (json) {
      const counts = indexCounts(survey);
      await command.json({
        file: file.path,
        bytes: file.size,
        ...counts,
        source,
        seconds,
        sidecar: sidecar ?? null,
      });
      continue;
    }
    const how = { cache: 'from the cache', tail: 'read only the appended part', whole: 'read' }[source];
    const { facts, recognition } = survey;
    const counts = countLabel(facts);
    command.print(
      `${file.path}: ${counts} in ${plural(facts.recordCount, 'record')}, ${recognition?.mapping.title ?? 'not recognised'}`,
    );
    if (!recognition) command.note(whyUnrecognised(file.path, survey).message);
    const unsure = unsureQuestion(recognition?.polarity);
    if (unsure !== undefined) command.note(`${file.path}: ${unsure}.`);
    command.print(
      `  ${how} in ${seconds.toFixed(2)} s${sidecar === undefined ? '' : `; facts in ${sidecar}`}`,
    );
  }
}

/** Explains how a file is read: the schema, why, and what else would match. */
export async function schema(
  command: Command,
  path: string,
  options: SuggestOptions & { readonly suggest?: boolean },
): Promise<void> {
  const { json, suggest = false, write = false, better } = options;
  if ((await stampOf(path)).isFolder) return schemaOfFolder(command, path, options);
  const file = await openFile(path);
  const recognition = await recogniseIfKnown(file, command.cache);
  if (!recognition) {
    const suggestion = await suggestionFor(file);
    if (!suggest && !write && !json) {
      const names = suggestion.fields.map(({ ref }) => ref);
      throw messages.unrecognised(
        path,
        names,
        suggestion,
        'Add --suggest to see the fields, --write to write the entry.',
      );
    }
    if (await suggestFor(command, file, suggestion, options)) await schema(command, path, { json });
    return;
  }
  if (recognition.polarity && write) {
    await settle(command, path, recognition.polarity, better);
    await schema(command, path, { json });
    return;
  }
  if (suggest || write || better !== undefined)
    command.note(`${path}: the file is recognised, so it needs no entry. Nothing was written.`);
  const sample = await sampleOf(file);
  if (recognition.confidence === 0) {
    throw messages.notScorable(
      path,
      `no record matches the mapping in preflens.json (${recognition.mapping.title}).`,
    );
  }
  const { mapping, confidence: share } = recognition;
  // Any label in numbers fits several open mappings.
  const others = contenders(sample).filter(
    (one) => one.mapping.id !== mapping.id && one.mapping.convention !== 'open',
  );
  if (json) {
    const alternatives = others.map((one) => ({ mapping: one.mapping.id, share: one.share }));
    const axes = axesOf(mapping);
    const shown = {
      id: mapping.id,
      title: mapping.title,
      polarity: mapping.polarity,
      kind: mapping.answers.kind,
      axes,
    };
    await command.json({
      file: path,
      sampled: sample.length,
      share,
      given: recognition.isGiven,
      ...shown,
      unreadPrompt: recognition.unread,
      ...(mapping.others && { others: mapping.others.map((one) => one.id) }),
      ...(recognition.polarity && { certainty: recognition.polarity }),
      alternatives,
    });
    return;
  }
  const percent = (of: number): string => `${Math.round(100 * of)} %`;
  command.print(`${path}: ${mapping.title} (${mapping.id})`);
  command.print(
    `  ${recognition.isGiven ? 'set in preflens.json' : 'recognised'}; ${sample.length === 1 ? 'its only record matches' : `${percent(share)} of the first ${plural(sample.length, 'record')} match`}`,
  );
  command.print(`  better answer: ${mapping.polarity}`);
  for (const other of mapping.others ?? []) {
    const own = sample.filter((record) => partFor(mapping, record) === other).length;
    command.print(
      `  mixed with:    ${other.title} (${other.id}), ${plural(own, 'record')} of the sample; ${other.polarity}`,
    );
  }
  if (recognition.polarity) for (const line of polarityLines(path, recognition.polarity)) command.print(line);
  const example = sample.find((record) => fits(mapping, record)) ?? sample[0] ?? {};
  const values = recognition.polarity ? undefined : labelValues(mapping, example);
  if (values !== undefined) command.print(`  label:         ${values}`);
  // Of many names, those that the records have.
  const inFile = (ref: string): string => {
    const found = sample.map((record) => findField(record, ref)).find((one) => one !== undefined);
    return found ? formatPath(found.path) : ref.split('|').slice(0, 4).join('|');
  };
  const asked = mapping.prompt.filter(
    ({ at, optional }) => !optional || sample.some((record) => hasField(record, at)),
  );
  command.print(
    `  prompt:        ${[...new Set(asked.map(({ at }) => inFile(at)))].join(', ') || 'no field; what both answers share'}`,
  );
  command.print(`  recognised by: ${fieldsOf(mapping).map(inFile).join(', ')}`);
  if (axesOf(mapping).length > 0) {
    command.print(
      `  labels:        ${axesOf(mapping).join(', ')}; the first applies unless preflens.json sets another ("axis")`,
    );
  }
  const { answers, unscorable } = mapping;
  if (answers.kind === 'none') command.print(`  no pairs:      ${answers.why}`);
  if (unscorable !== undefined) command.print(`  not scored:    ${unscorable}`);
  for (const one of others.slice(0, 3)) {
    command.print(`  also matches:  ${one.mapping.id} (${percent(one.share)} of the records)`);
  }
  for (const line of readingOf(file)) command.print(`  table:         ${line}`);
  const warning = unreadMessage(recognition.unread);
  if (warning !== undefined) command.print(`  warning:       ${warning}`);
  const read = namesRead(mapping);
  const unread = Object.keys(sample[0] ?? {}).filter((name) => !read.has(name));
  if (unread.length > 0) command.print(`  not read:      ${unread.join(', ')}`);
}

/** Explains a folder: how its files are read, by split, and each schema once. */
async function schemaOfFolder(
  command: Command,
  path: string,
  options: Parameters<typeof schema>[2],
): Promise<void> {
  const { files, notes, failed } = await openDataset(path);
  for (const note of notes) command.note(`${path}: ${note}`);
  for (const { error } of failed) command.fail(error);
  const bySchema = new Map<string, DataFile[]>();
  for (const file of files) {
    const recognition = await recogniseIfKnown(file, command.cache);
    const id = recognition?.mapping.id ?? '';
    bySchema.set(id, [...(bySchema.get(id) ?? []), file]);
  }
  for (const [id, own] of bySchema) {
    const splits = [...groupBy(own, ({ split }) => split)].map(
      ([split, { length }]) => `${split === undefined ? '' : `${split}: `}${plural(length, 'file')}`,
    );
    if (!options.json && files.length > 1)
      command.print(`${path}: ${splits.join(', ')}, ${id === '' ? 'not recognised' : `all ${id}`}`);
    const [first] = own;
    if (!first) continue;
    try {
      await schema(command, first.path, options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      command.fail(error);
    }
  }
}
