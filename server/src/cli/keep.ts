// `keep`: saves a decision about one finding, with its reason.
import { dirname } from 'node:path';

import { readRaw } from '#core/dataset/survey.ts';
import { formatKey, hashKey } from '#core/hash.ts';
import type { DecisionKind } from '#core/memory/decisions.ts';
import { messages } from '#core/messages.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import { openFile } from '#node/files.ts';
import { decide, memoryRoot, nameIn } from '#node/memory.ts';
import { ownName } from '#node/ownName.ts';
import { recogniseFile } from '#node/surveyFile.ts';

import type { Command } from './command.ts';
import { knownRule } from './explain.ts';

export interface KeepOptions {
  readonly rule: string;
  readonly reason: string;
  /** Default: git's user.name, or the name of the account. */
  readonly by?: string | undefined;
  /** Number of the pair in its record. */
  readonly pair: number;
  /** The finding is right: record that, and keep reporting it. */
  readonly wrong: boolean;
}

/** Key of the pair on a line, or of a record without pairs. */
async function keyAt(path: string, line: number, index: number): Promise<string> {
  const file = await openFile(path);
  const recognition = await recogniseFile(file);
  for await (const raw of file.records()) {
    if (raw.line + 1 !== line) continue;
    const pair = readRaw(raw, recognition)?.pairs[index];
    if (pair) return formatKey(pairKey(identify(pair)));
    return `record:${formatKey(hashKey(new TextDecoder().decode(raw.bytes)))}`;
  }
  throw messages.noRecordAt(path, line);
}

/** @param place FILE:LINE, or FILE for findings about the whole file */
export async function keep(command: Command, place: string, options: KeepOptions): Promise<void> {
  const { rule, reason, by, pair, wrong } = options;
  knownRule(rule);
  const [, path = place, line] = /^(.*?):(\d+)(?::\d+)?$/.exec(place) ?? [];
  if (line !== undefined && Number(line) < 1) throw messages.noPlace(place);
  const root = memoryRoot(path);
  const file = nameIn(root, path);
  const key = line === undefined ? `file:${file}` : await keyAt(path, Number(line), pair);
  const name = (by ?? '') || (await ownName(dirname(path)));
  const decision: DecisionKind = wrong ? 'wrong' : 'keep';
  const at = new Date().toISOString().slice(0, 10);
  await decide(root, { key, rule, decision, reason, by: name, at, file });
  command.note(
    `${place}: "${rule}" of ${key} is ${wrong ? 'marked as right and stays reported' : 'ignored from now on'}.`,
  );
}
