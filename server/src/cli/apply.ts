import type { Edit } from '#core/edits/edit.ts';
import { messages } from '#core/messages.ts';
import type { Json } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';
import type { FileEdit } from '#node/apply.ts';
import { changesOf, saveEdits } from '#node/apply.ts';
import { assertWritable } from '#node/containers/containers.ts';
import { streamedRecords } from '#node/containers/document.ts';
import { openFile } from '#node/files.ts';
import { hardLinksOf } from '#node/save.ts';
import { recogniseFile } from '#node/surveyFile.ts';

import type { Command } from './command.ts';

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Parses one line of an edit list. Throws a user error. */
function parseEdit(where: string, text: string): FileEdit {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw messages.badEdit(where, 'This is not JSON.');
  }
  if (!isObject(value)) throw messages.badEdit(where, 'An edit must be an object.');
  const { record, pair, edit: kind, margin, pairKey } = value;
  if (!isCount(record)) throw messages.badEdit(where, '"record" must be a whole number from 0.');
  if (pair !== undefined && !isCount(pair))
    throw messages.badEdit(where, '"pair" must be a whole number from 0.');
  if (pairKey !== undefined && typeof pairKey !== 'string')
    throw messages.badEdit(where, '"pairKey" must be a string.');
  let edit: Edit;
  if (kind === 'flip' || kind === 'drop' || kind === 'tie') edit = { kind };
  else if (kind === 'margin' && typeof margin === 'number') edit = { kind, margin };
  else
    throw messages.badEdit(
      where,
      '"edit" must be "flip", "drop", "tie" or "margin"; "margin" also needs a number "margin".',
    );
  return { record, edit, ...(pair !== undefined && { pair }), ...(pairKey !== undefined && { pairKey }) };
}

async function readEdits(path: string): Promise<FileEdit[]> {
  const records = path === '-' ? streamedRecords(process.stdin) : (await openFile(path)).records();
  const name = path === '-' ? 'standard input' : path;
  const decoder = new TextDecoder();
  const edits: FileEdit[] = [];
  for await (const raw of records) {
    edits.push(parseEdit(`${name}:${raw.line + 1}`, decoder.decode(raw.bytes)));
  }
  return edits;
}

/** Applies an edit list to a file: all edits or none. */
export async function apply(
  command: Command,
  path: string,
  editsPath: string,
  dryRun: boolean,
): Promise<void> {
  const file = await openFile(path);
  assertWritable(file);
  const edits = await readEdits(editsPath);
  const recognition = await recogniseFile(file, command.cache);
  const names = dryRun ? undefined : await hardLinksOf(path);
  if (names !== undefined) command.note(messages.splitsLinks(path, names).message);
  const changed = dryRun
    ? (await changesOf(file, recognition, edits)).length
    : await saveEdits(file, recognition, edits, command.signal);
  if (!dryRun && changed > 0) await command.cache?.holdReading(path, recognition);
  const what = dryRun ? '; nothing was written' : changed > 0 ? '; saved' : '';
  command.note(
    `${path}: ${edits.length} ${edits.length === 1 ? 'edit changes' : 'edits change'} ${changed} ${changed === 1 ? 'record' : 'records'}${what}.`,
  );
}
