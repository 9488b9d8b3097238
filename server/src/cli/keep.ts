// `keep`: saves a decision about one finding, with its reason.
import { readRaw } from '#core/dataset/survey.ts';
import { formatKey, hashKey } from '#core/hash.ts';
import { messages } from '#core/messages.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import { openFile } from '#node/files.ts';
import { decideAbout, memoryRoot, nameIn } from '#node/memory.ts';
import { recogniseFile } from '#node/surveyFile.ts';

import type { Command } from './command.ts';
import { knownRule } from './explain.ts';

export interface KeepOptions {
  readonly rule: string;
  readonly reason: string;
  /** Default: git's user.name, or the name of the account. */
  readonly by?: string | undefined;
  /** Number of the pair in its record, from 1. */
  readonly pair: number;
  /** The finding is right: record that, and keep reporting it. */
  readonly wrong: boolean;
}

/** Key of the pair on a line, or of a record without pairs. */
async function keyAt(path: string, line: number, number: number): Promise<string> {
  const file = await openFile(path);
  const recognition = await recogniseFile(file);
  for await (const raw of file.records()) {
    if (raw.line + 1 !== line) continue;
    const pairs = readRaw(raw, recognition)?.pairs ?? [];
    const pair = pairs[number - 1];
    if (pair) return formatKey(pairKey(identify(pair)));
    if (number > 1) throw messages.noPairAt(path, line, number, pairs.length);
    return `record:${formatKey(hashKey(new TextDecoder().decode(raw.bytes)))}`;
  }
  throw messages.noRecordAt(path, line);
}

/** @param place FILE:LINE, or FILE for findings about the whole file */
export async function keep(command: Command, place: string, options: KeepOptions): Promise<void> {
  const { rule, reason, by = '', pair, wrong } = options;
  knownRule(rule);
  const [, path = place, line] = /^(.*?):(\d+)(?::\d+)?$/.exec(place) ?? [];
  if (line !== undefined && Number(line) < 1) throw messages.noPlace(place);
  const key =
    line === undefined ? `file:${nameIn(memoryRoot(path), path)}` : await keyAt(path, Number(line), pair);
  await decideAbout(path, { key, rule, decision: wrong ? 'wrong' : 'keep', reason, by });
  command.note(
    `${place}: "${rule}" of ${key} is ${wrong ? 'marked as right and stays reported' : 'ignored from now on'}.`,
  );
}
