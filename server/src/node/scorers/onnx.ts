// A reward model in a folder, as a scorer of pairs.
import { basename, resolve } from 'node:path';

import { messages } from '#core/messages.ts';
import type { FolderReading } from '#core/reward/folder.ts';
import type { Head } from '#core/reward/heads.ts';
import type { OnnxRule } from '#core/reward/scorerRule.ts';

import { openFolder } from '../models/folder.ts';
import type { ModelMachine, OpenPart } from './modelPart.ts';
import { openPart } from './modelPart.ts';
import type { PairScorer } from './rating.ts';
import { raterScorer } from './rating.ts';
import { tokenRater } from './tokens.ts';

/** Checks the head against the model's width. */
function checkedHead(head: Head, width: number, folder: string): Head {
  const fault = (words: string): Error => messages.badModel(folder, words);
  switch (head.kind) {
    case 'scalar':
      if (width !== 1)
        throw fault(
          `it gives ${width} numbers for an answer where one reward is expected: say "label" or "weights"`,
        );
      return head;
    case 'label':
      if (width < 2 || head.index >= width)
        throw fault(`it gives ${width} numbers, and label ${head.index} is not among them`);
      return head;
    case 'weighted':
      if (width !== head.weights.length)
        throw fault(`it gives ${width} numbers for ${head.weights.length} weights`);
      return head;
    case 'gated':
      if (width % 2 !== 0) throw fault('its rewards and its gate are not of one size');
      return head;
    case 'embedding':
      if (width % 2 !== 0)
        throw fault(`a preference embedding has an even number of parts, this one ${width}`);
      return head;
    case 'pair':
      if (width !== 2 && width !== 4)
        throw fault(`it gives ${width / 2} numbers for a pair where one or two are expected`);
      return { kind: 'pair', numbers: width / 2 };
    case 'implicit':
      return head;
  }
}

/** The reference model is read as the policy is, except for the name of its file. */
function referenceRule(rule: OnnxRule): OnnxRule {
  const own = { ...rule };
  delete own.file;
  return own;
}

/** Opens the model of a rule. Folders in the rule are relative to `base`. */
export async function openOnnxScorer(
  rule: OnnxRule,
  base: string,
  machine: ModelMachine,
  signal: AbortSignal,
): Promise<PairScorer> {
  const open = async (path: string, own: OnnxRule): Promise<OpenPart<FolderReading>> => {
    const folder = await openFolder(resolve(base, path), own, machine.cacheFolder, machine.log);
    const part = await openPart(folder, own.provider, machine, signal);
    await part.rater.cache.load();
    return part;
  };
  const first = await open(rule.model, rule);
  const parts = [first];
  try {
    if (first.folder.head.kind === 'implicit' && rule.reference !== undefined) {
      parts.push(await open(rule.reference, referenceRule(rule)));
    }
    const head = checkedHead(first.folder.head, first.known.width, first.folder.folder);
    const raters = parts.map(({ rater }) => rater);
    const tokens = tokenRater(
      head,
      raters,
      parts.map(({ folder }) => folder.fingerprint),
    );
    return raterScorer({
      kind: 'onnx',
      name: rule.name ?? basename(first.folder.folder),
      about: [
        `${first.folder.brief}, ${first.known.precision}; fingerprint ${first.folder.fingerprint.slice(0, 12)}.`,
      ],
      warnings: parts.flatMap(({ folder }) => folder.warnings),
      ...{ raters, head },
      ...(tokens && { tokens }),
      close() {
        for (const { host } of parts) host.close();
      },
    });
  } catch (error) {
    for (const { host } of parts) host.close();
    throw error;
  }
}

/** Describes a model folder: opens the model and scores one text. */
export async function describeModel(
  rule: OnnxRule,
  base: string,
  machine: ModelMachine,
  signal: AbortSignal,
): Promise<{ readonly lines: readonly string[]; readonly warnings: readonly string[] }> {
  const folder = await openFolder(resolve(base, rule.model), rule, undefined, machine.log);
  const uncached = { ...machine, cacheFolder: undefined };
  const { host, known } = await openPart(folder, rule.provider, uncached, signal);
  try {
    const head = checkedHead(folder.head, known.width, folder.folder);
    const texts = folder.spec.pass === 'pair' ? ['Yes.', 'No.'] : ['Yes.'];
    const prompt = [{ role: 'user', text: 'Is water wet?' }];
    const lines = [
      folder.folder,
      ...folder.found,
      `Works on ${host.provider ?? 'cpu'}, precision ${known.precision}, head ${head.kind}, ${known.width === 1 ? '1 number' : `${known.width} numbers`} for each ${folder.spec.pass === 'pair' ? 'pair' : 'answer'}.`,
    ];
    await host.rate(
      [{ prompt, texts }],
      0,
      {
        onRated: (_unit, values, tokens) =>
          lines.push(
            `A first text of ${tokens} tokens gave ${[...values].map((value) => value.toPrecision(4)).join(', ')}.`,
          ),
        onRefused: (_unit, reason) => lines.push(`A first text was refused: ${reason}.`),
        onBatch: () => undefined,
      },
      signal,
    );
    return { lines, warnings: folder.warnings };
  } finally {
    host.close();
  }
}
