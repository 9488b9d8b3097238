// Model folders from exporters, and the batches of their texts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Tokenizer } from '@huggingface/tokenizers';
import { afterAll, describe, expect, it } from 'vitest';

import { batchEnd, byLength, Calibration, paddingWaste, planBatches } from '#core/reward/batches.ts';
import type { OnnxRule } from '#core/reward/scorerRule.ts';
import { seededRandom } from '#core/score/random.ts';
import { openFolder } from '#node/models/folder.ts';

import { CHECK_MODEL } from '../../server/src/scorer/providerCheck.ts';
import type { MadeModel, ModelRecipe } from '../models/folders.ts';
import { writeModel } from '../models/folders.ts';
import { Graph } from '../models/onnx.ts';
import { openWritten } from '../models/open.ts';
import type { Kind } from '../models/tokenizers.ts';
import { makeTokenizer } from '../models/tokenizers.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'preflens-folders-'));
afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
});

const KINDS: readonly Kind[] = ['wordpiece', 'bpe', 'unigram'];

let made = 0;
function make(recipe: ModelRecipe = {}): MadeModel {
  return writeModel(join(ROOT, `m${made++}`), recipe);
}

describe('a folder', () => {
  const fault = async (recipe: ModelRecipe, rule: Partial<OnnxRule> = {}): Promise<string> => {
    try {
      await openWritten(make(recipe), rule);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  it('reports what is missing or unclear, and what to do', async () => {
    expect(await fault({ sizes: { outputs: 2 } })).toMatch(
      /outputs 2 numbers \(LABEL_0, LABEL_1\).*"label".*"weights"/,
    );
    expect(await fault({ sizes: { outputs: 2 } }, { label: 'GOOD' })).toMatch(
      /no label "GOOD". The model has LABEL_0, LABEL_1/,
    );
    expect(await fault({ sizes: { outputs: 0, isCausal: true } })).toMatch(/language model.*"reference"/);
    expect(await fault({}, { head: 'pair' })).toMatch(/needs a "format"/);
    expect(await fault({}, { format: 'only {prompt}' })).toMatch(/has no \{response\}/);
    expect(await fault({}, { format: 'chat' })).toMatch(/no chat template/);
    expect(await fault({ extra: { 'other.onnx': new Uint8Array(3) }, file: 'one.onnx' })).toMatch(
      /several models \(one.onnx, other.onnx\)/,
    );
    expect(await fault({}, { file: 'none.onnx' })).toMatch(/there is no "none.onnx"/);
    expect(await fault({ extra: { 'tokenizer.json': '{' } })).toMatch(/tokenizer.json cannot be read/);
    expect(await fault({ extra: { 'model.onnx': new Uint8Array([1, 2, 3]) } })).toMatch(/cpu: /);
  });

  it('is compared with its reference ids', async () => {
    const good = {
      text: 'hot water',
      ids: new Tokenizer(...pairOf('unigram')).encode('hot water', { add_special_tokens: false }).ids,
    };
    const withIds = (ids: readonly number[]): ModelRecipe => ({
      kind: 'unigram',
      extra: { 'preflens.ids.json': [{ text: 'hot water', ids }] },
    });
    expect(await fault(withIds(good.ids))).toBe('');
    expect(await fault(withIds([...good.ids, 7]))).toMatch(
      /does not give the reference ids for "hot water": token 2 is missing here, 7 there/,
    );
    expect(await fault(withIds([9, ...good.ids.slice(1)]))).toMatch(/token 0 is \d+ here, 9 there/);
  });

  it('warns about a Unigram tokenizer without reference ids, and about no other', async () => {
    for (const kind of KINDS) {
      const { folder } = make({ kind });
      const { warnings } = await openFolder(folder, { kind: 'onnx', model: folder }, undefined);
      expect(warnings.length, kind).toBe(kind === 'unigram' ? 1 : 0);
    }
  });

  it('changes its fingerprint exactly when something changes that scores depend on', async () => {
    const print = async (recipe: ModelRecipe, rule: Partial<OnnxRule> = {}): Promise<string> => {
      const { folder } = make(recipe);
      return (await openFolder(folder, { kind: 'onnx', model: folder, ...rule }, undefined)).fingerprint;
    };
    const prints = [
      await print({}),
      await print({ seed: 2 }),
      await print({ kind: 'bpe' }),
      await print({ isChat: true }),
      await print({}, { maxTokens: 30 }),
      await print({}, { truncate: 'right' }),
      await print({ form: { dataName: 'model.onnx_data' } }),
      await print({ form: { dataName: 'model.onnx_data' }, seed: 2 }),
    ];
    expect(new Set(prints).size).toBe(prints.length);
    expect(await print({})).toBe(prints[0]);
    expect(await print({}, { provider: 'cpu', name: 'other' })).toBe(prints[0]);
  });
});

function pairOf(kind: Kind): [object, object] {
  const { json, config } = makeTokenizer(kind);
  return [json, config];
}

describe('batches', () => {
  it('contain every row once, stay within their limits, and group similar lengths', () => {
    const random = seededRandom(9);
    for (let round = 0; round < 200; round++) {
      const lengths = Array.from(
        { length: 1 + Math.floor(random() * 60) },
        () => 1 + Math.floor(random() ** 3 * 400),
      );
      const limits = { tokens: 1 + Math.floor(random() * 1500), rows: 1 + Math.floor(random() * 16) };
      const batches = planBatches(lengths, limits);
      expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, row) => row));
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(limits.rows);
        const longest = Math.max(...batch.map((row) => lengths[row]!));
        if (batch.length > 1) expect(longest * batch.length).toBeLessThanOrEqual(limits.tokens);
      }
      const inOrder = planBatches(
        [...lengths].sort((a, b) => b - a),
        limits,
      );
      expect(paddingWaste(lengths, batches)).toBeCloseTo(
        paddingWaste(
          [...lengths].sort((a, b) => b - a),
          inOrder,
        ),
        10,
      );
    }
  });

  it('are no larger than the smallest limit of their rows', () => {
    const lengths = [5, 5, 5, 5, 5];
    const order = byLength(lengths);
    const max = (row: number): number => (row === 2 ? 2 : 99);
    expect(batchEnd(order, 0, lengths, { tokens: 999, rows: 99 }, max)).toBe(2);
    expect(batchEnd(order, 2, lengths, { tokens: 999, rows: 99 }, max)).toBe(4);
  });

  it('grow while that pays, and no longer', () => {
    const settle = (speedAt: (budget: number) => number): number => {
      const calibration = new Calibration(512, 32_768);
      for (let i = 0; i < 200 && !calibration.isSettled; i++) {
        const tokens = calibration.budget;
        calibration.time(tokens, tokens / speedAt(tokens));
      }
      expect(calibration.isSettled).toBe(true);
      return calibration.budget;
    };
    expect(settle(() => 10)).toBe(512);
    expect(settle((budget) => Math.min(budget, 4096))).toBe(4096);
    expect(settle((budget) => budget)).toBe(32_768);
  });
});

describe('the model for probing providers', () => {
  it('is the one that its description says', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float', [1, 4]);
    const w = graph.weight('float', [4, 4], [...Array(16).keys()]);
    graph.output('y', graph.op('MatMul', [x, w]), 'float', [1, 4]);
    expect(Buffer.from(graph.build().model).toString('base64')).toBe(CHECK_MODEL);
  });
});
