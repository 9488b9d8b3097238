// Scores from other programs: sidecar files, and scores in the records.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { place, scoresIn } from './places.ts';
import { preflens } from './run.ts';

describe('scores from other programs', () => {
  it('a sidecar returns the scores that were written, negated for a flipped pair', async () => {
    for (const name of ['scores.jsonl', 'scores.arrow']) {
      const at = place([{ kind: 'sidecar', file: name }]);
      const out = join(at.folder, name);
      expect((await preflens(['score', at.file, '--model', join(at.folder, 'rm'), '--out', out])).code).toBe(
        0,
      );
      const first = scoresIn(
        (await preflens(['score', at.file, '--model', join(at.folder, 'rm'), '--out', '-'])).out,
      );
      const lines = at.text.trim().split('\n');
      const record = JSON.parse(lines[3]!) as Record<string, string>;
      lines[3] = JSON.stringify({ ...record, chosen: record.rejected, rejected: record.chosen });
      // Also reversed: keys don't depend on the order.
      writeFileSync(at.file, `${[...lines].reverse().join('\n')}\n`);
      const { out: text, code, err } = await preflens(['score', at.file, '--out', '-']);
      expect(code, err).toBe(0);
      const byKey = new Map(scoresIn(text).map((row) => [row.chosenKey, row.margin]));
      for (const { record: at3, chosenKey, rejectedKey, margin } of first) {
        const found = at3 === 3 ? -byKey.get(rejectedKey)! : byKey.get(chosenKey)!;
        expect(found).toBeCloseTo(margin, 5);
      }
    }
  });

  it('joined partitions of a filter make a sidecar, with ties and broken lines', async () => {
    const at = place([{ kind: 'sidecar', file: 'joined.jsonl' }]);
    const model = join(at.folder, 'rm');
    const lines = at.text.trim().split('\n');
    const parts = [[...lines.slice(0, 50), '{"broken'], lines.slice(50)];
    let joined = '';
    for (const [i, part] of parts.entries()) {
      const path = join(at.folder, `part${i}`);
      writeFileSync(path, part.join('\n'));
      joined += (await preflens(['score', '-', '--model', model], undefined, path)).out;
    }
    writeFileSync(join(at.folder, 'joined.jsonl'), `${joined}{"chosenKey":"0","margin":null,"tie":true}\n`);
    const [own, taken] = [
      await preflens(['score', at.file, '--model', model, '--out', '-']),
      await preflens(['score', at.file, '--out', '-']),
    ];
    expect(taken.code, taken.err).toBe(0);
    expect(scoresIn(taken.out).length).toBe(scoresIn(own.out).length);
    scoresIn(own.out).forEach(({ margin }, i) => {
      expect(scoresIn(taken.out)[i]!.margin).toBeCloseTo(margin, 4);
    });
  });

  it('a positional sidecar older than the dataset is not used, and the command says so', async () => {
    const at = place([{ kind: 'sidecar', file: 's.jsonl' }, { kind: 'columns' }]);
    writeFileSync(
      join(at.folder, 's.jsonl'),
      '{"record":0,"margin":1.5}\n{"record":1,"pair":0,"margin":-2}\n',
    );
    const { out } = await preflens(['score', at.file, '--out', '-']);
    expect(scoresIn(out).map(({ record, margin }) => [record, margin])).toEqual([
      [0, expect.any(Number)],
      [1, expect.any(Number)],
    ]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    copyFileSync(at.file, join(at.folder, 'copy'));
    writeFileSync(at.file, readFileSync(join(at.folder, 'copy')));
    const { err } = await preflens(['score', at.file, '--out', '-']);
    expect(err).toMatch(
      /names pairs by their place and is older than the dataset: its 2 scores are not used/,
    );
  });

  it('an unreadable sidecar is an error with a position', async () => {
    const at = place([{ kind: 'sidecar', file: 's.jsonl' }]);
    for (const [text, words] of [
      ['{"record":0,"margin":1}\n{"margin":2}\n', /s.jsonl:2: invalid score: it needs/],
      ['{"record":0}\n', /s.jsonl:1: .*it has no "margin"/],
      ['nonsense\n', /s.jsonl:1: /],
    ] as const) {
      writeFileSync(join(at.folder, 's.jsonl'), text);
      const { code, err } = await preflens(['score', at.file, '--out', '-']);
      expect(code).toBe(2);
      expect(err).toMatch(words);
    }
  });

  it('the columns scorer reads scores from the records, in every form', async () => {
    const cases: readonly (readonly [object, number | undefined])[] = [
      [{ prompt: 'p', chosen: 'a', rejected: 'b', score_chosen: 7, score_rejected: 4.5 }, 2.5],
      [{ prompt: 'p', chosen: 'a', rejected: 'b', chosen_rating: '2', rejected_rating: '5' }, -3],
      [{ prompt: 'p', chosen: 'a', rejected: 'b', rank_chosen: 1, rank_rejected: 3 }, 2],
      [{ prompt: 'p', chosen: 'a', rejected: 'b', note_chosen: 3, note_rejected: 1 }, undefined],
      [
        {
          instruction: 'p',
          input: '',
          output: 'x',
          response1: 'a',
          response2: 'b',
          annotator1: 1,
          annotator2: 1,
          annotator3: 2,
        },
        1,
      ],
    ];
    for (const [record, margin] of cases) {
      const lines = Array.from({ length: 3 }, (_, i) => JSON.stringify({ ...record, prompt: `p${i}` }));
      const at = place([{ kind: 'columns' }], lines);
      const { out, code, err } = await preflens(['score', at.file, '--out', '-']);
      if (margin === undefined) {
        expect([code, out]).toEqual([2, '']);
        expect(err).toContain('no pair was scored: 3 without a score');
        continue;
      }
      expect(code, err).toBe(0);
      expect(scoresIn(out).map((row) => row.margin)).toEqual([margin, margin, margin]);
    }
  });
});
