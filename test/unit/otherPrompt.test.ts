// Answers beside the prompt of another record: the numbers behind them, and what is reported.
import { describe, expect, it } from 'vitest';

import { Fit } from '#core/checks/relations/promptFit.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import { findMisplaced } from '#core/checks/relations/shiftedAnswers.ts';
import type { TextSketches } from '#core/checks/relations/textSketches.ts';
import { sketchesOf } from '#core/checks/relations/textSketches.ts';
import { KEPT_WORDS, wordNumbers } from '#core/checks/relations/wordSketch.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { seededRandom } from '#core/score/random.ts';

import { cut, encode, survey } from '../fakes/records.ts';

interface Line {
  prompt: string;
  chosen: string;
  rejected: string;
}

/** Each prompt has four words of its own; the chosen answer has two of them, and the rejected one has none. */
function linesOf(count: number): Line[] {
  return Array.from({ length: count }, (_, i) => {
    const word = (k: number): string => `${'bcdfghjk'[k]!}word${i}x`;
    return {
      prompt: [0, 1, 2, 3].map(word).join(' '),
      chosen: [0, 1, 4, 5].map(word).join(' '),
      rejected: [6, 7].map(word).join(' '),
    };
  });
}

/** The chosen answers of these rows come from other rows. */
function withChosen(lines: readonly Line[], from: (row: number) => number): Line[] {
  return lines.map((line, i) => ({ ...line, chosen: lines[from(i)]!.chosen }));
}

function recordsOf(lines: readonly Line[]): Uint8Array {
  return encode(lines.map((line) => JSON.stringify(line)).join('\n'));
}

function textsOf(lines: readonly Line[]): TextSketches {
  const { recognition } = survey(recordsOf(lines));
  return sketchesOf(cut(recordsOf(lines)).map((raw) => readRaw(raw, recognition!)!.pairs[0]!));
}

const wordsOf = (lines: readonly Line[]): Uint16Array => wordNumbers(textsOf(lines).words);

const none = (): boolean => false;
const found = (lines: readonly Line[]): ReturnType<typeof findMisplaced> =>
  findMisplaced(wordsOf(lines), lines.length, none);

describe('the fit of an answer to a prompt', () => {
  // 100 pairs have 200 answers. A word that one of them has: p = (1 + 1)/(200 + 2); one that none has: p = 1/202.
  // Of four words of each prompt its two answers have 2 + 0: π = 2/8.
  const words = new Uint16Array(
    Array.from({ length: 100 }, (_, row) => {
      const texts = [
        [0, 1, 2, 3],
        [0, 1, 4, 5],
        [6, 7],
      ];
      return texts.flatMap((own) =>
        Array.from({ length: KEPT_WORDS }, (__, i) => (i < own.length ? 1 + 8 * row + own[i]! : 0)),
      );
    }).flat(),
  );
  const fit = new Fit(words, 100, none);

  it('is the sum of log(π/p) for its words and log((1 − π)/(1 − p)) for the others', () => {
    fit.look(7, 0);
    // 2 · log(0.25 · 202/2) + 2 · log(0.75/(1 − 1/202)) = 6.4575 − 0.5654
    expect(fit.to(7)).toBeCloseTo(5.8921, 3);
    // 2 · log(0.75/(1 − 2/202)) + 2 · log(0.75/(1 − 1/202)) = −0.5555 − 0.5654
    expect(fit.to(8)).toBeCloseTo(-1.1209, 3);
  });

  it('counts for the own prompt only if it is better than chance', () => {
    expect(fit.own[2 * 7]).toBeCloseTo(5.8921, 3);
    expect(fit.own[2 * 7 + 1]).toBeLessThan(0);
    fit.look(7, 0);
    expect(fit.evidence(7, 0, 8)).toBeCloseTo(-1.1209 - 5.8921, 3);
  });
});

describe('misplaced answers', () => {
  it('are those of a stretch that is shifted, and no others', () => {
    const shifted = withChosen(linesOf(100), (row) =>
      row > 20 && row < 40 ? row - 1 : row === 20 ? 39 : row,
    );
    expect(found(shifted)).toEqual(
      Array.from({ length: 19 }, (_, i) => ({ row: 21 + i, other: 20 + i, answers: [0], shifted: 19 })),
    );
  });

  it('are found at any distance, and if the whole file is shifted', () => {
    const far = withChosen(linesOf(100), (row) => (row >= 30 && row < 40 ? row + 37 : row));
    expect(found(far).map(({ row, other }) => other - row)).toEqual(Array.from({ length: 10 }, () => 37));
    expect(found(withChosen(linesOf(100), (row) => (row + 1) % 100))).toHaveLength(99);
  });

  it('are none where single answers fit another prompt', () => {
    const exchanged = withChosen(linesOf(100), (row) => (row === 10 ? 60 : row === 60 ? 10 : row));
    expect(found(exchanged)).toEqual([]);
    const copied = withChosen(linesOf(100), (row) => (row === 10 ? 60 : row));
    expect(found(copied)).toEqual([]);
    expect(found(linesOf(100))).toEqual([]);
  });

  it('are none where answers have nothing to do with prompts, in any order', () => {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      // Few words, so that every answer shares some with many prompts.
      const text = (length: number): string =>
        Array.from({ length }, () => `word${Math.floor(400 * random() ** 2)}`).join(' ');
      const lines = Array.from({ length: 1000 }, () => ({
        prompt: text(8),
        chosen: text(20),
        rejected: text(20),
      }));
      expect(found(lines)).toEqual([]);
    }
  });

  it('are none where prompts are made of the answers before, as in texts that are continued', () => {
    const random = seededRandom(5);
    const texts = Array.from({ length: 201 }, (_, i) =>
      Array.from({ length: 8 }, (__, k) => `${'bcdfghjk'[k]!}text${i}x${Math.floor(9 * random())}`).join(' '),
    );
    const lines = texts.slice(0, -1).map((prompt, i) => ({
      prompt,
      chosen: texts[i + 1]!,
      rejected: `other${i} words${i}`,
    }));
    expect(found(lines)).toEqual([]);
  });

  it('are none where several pairs of one prompt have the same answers', () => {
    // Each prompt has six pairs, and their rejected answer happens to fit one prompt elsewhere.
    const lines = linesOf(40).flatMap((line, i, all) => {
      const rejected = i === 10 ? all[30]!.chosen : line.rejected;
      return Array.from({ length: 6 }, () => ({ ...line, rejected }));
    });
    const isSame = (a: number, b: number): boolean => lines[a]!.prompt === lines[b]!.prompt;
    expect(findMisplaced(wordsOf(lines), lines.length, isSame)).toEqual([]);
  });

  it('are none between prompts about one subject', () => {
    // Each prompt shares two of its four words with the next one, and each answer fits the next prompt better.
    const lines = linesOf(100).map((line, i, all) => {
      const next = all[(i + 1) % all.length]!.prompt.split(' ').slice(0, 2);
      return { ...line, prompt: [...line.prompt.split(' ').slice(0, 2), ...next].join(' ') };
    });
    expect(found(withChosen(lines, (row) => (row + 1) % 100))).toEqual([]);
  });
});

it('a finding names the place whose prompt the answer fits', () => {
  const lines = withChosen(linesOf(100), (row) => (row > 20 && row < 40 ? row - 1 : row === 20 ? 39 : row));
  const { facts, recognition } = survey(recordsOf(lines));
  const file = { name: 'a.jsonl', facts, recognition: recognition! };
  const [relations] = findRelations(
    [file],
    textsOf(lines),
    resolveRules([{ 'answer-to-other-prompt': 'warning' }]),
  );
  const own = relations!.findings.filter(({ rule }) => rule === 'answer-to-other-prompt');
  expect(own.map(({ record }) => record)).toEqual(Array.from({ length: 19 }, (_, i) => 21 + i));
  expect(own[0]!.message).toBe(
    'The chosen answer fits the prompt of line 21 better than its own. So it is with 19 pairs in a row: answers and prompts are shifted against each other.',
  );
});
