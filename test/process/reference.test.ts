// An implicit reward from two language models: what the reference says by itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { lossBound } from '#core/reward/reference.ts';

import { writeModel } from '../models/folders.ts';
import { LINES, place } from './places.ts';
import { preflens } from './run.ts';

const LANGUAGE = {
  kind: 'bpe',
  isChat: true,
  sizes: { outputs: 0, isCausal: true, positions: 256 },
} as const;

interface Row {
  readonly margin: number;
  readonly members: readonly { readonly reference_gap: number; readonly reference_gap_per_token: number }[];
}

describe('an implicit reward', () => {
  it('writes the gap under the reference beside each margin, and sums it up', async () => {
    const at = place([], LINES.slice(0, 30), LANGUAGE);
    writeModel(join(at.folder, 'sft'), { ...LANGUAGE, seed: 5 });
    const run = async (model: string, reference: string) => {
      const rule = { kind: 'onnx', head: 'implicit', beta: 0.1, model, reference };
      writeFileSync(join(at.folder, 'preflens.json'), JSON.stringify({ scorers: [rule] }));
      const { code, out, err } = await preflens(['score', at.file, '--out', '-']);
      expect(code, err).toBe(0);
      return {
        rows: out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Row),
        err,
      };
    };
    const [forth, back] = [await run('rm', 'sft'), await run('sft', 'rm')];
    expect(forth.rows.length).toBeGreaterThan(20);
    const gaps = (rows: readonly Row[]): number[] => rows.map(({ members: [one] }) => one!.reference_gap);
    const [ofSft, ofRm] = [gaps(forth.rows), gaps(back.rows)];
    forth.rows.forEach(({ margin, members: [one] }, i) => {
      // β·((log π(c) − log π(r)) − (log π_ref(c) − log π_ref(r))) is β·(gap of the reference − gap of the policy).
      expect(margin).toBeCloseTo(0.1 * (ofSft[i]! - ofRm[i]!), 3);
      expect(Math.abs(one!.reference_gap_per_token)).toBeLessThan(Math.abs(one!.reference_gap) + 20);
      // The policy ranks a pair right exactly if its loss is below the bound.
      if (Math.abs(ofRm[i]!) > 0.01)
        expect(Math.log1p(Math.exp(-margin)) < lossBound(ofSft[i]!, 0.1)).toBe(ofRm[i]! < 0);
    });
    const share = (list: readonly number[]): string =>
      `${((100 * list.filter((gap) => gap < 0).length) / list.length).toFixed(1)} %`;
    expect(forth.err).toContain(
      `The reference finds the chosen answer likelier in ${share(ofSft)} of ${ofSft.length} pairs, the policy in ${share(ofRm)}.`,
    );
    expect(forth.err).toMatch(
      /log π_ref\(rejected\) − log π_ref\(chosen\): median [+−]\d+\.\d, per token [+−]\d\.\d{3}; extreme in \d+ pairs?; \d+ answers? of very low likelihood\./,
    );
  });
});
