// Findings of checks that did not run may still exist: their decisions and baseline entries stay.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ALL_RULES, stageOf } from '#core/checks/table.ts';
import { formatBaseline, parseBaseline } from '#core/memory/baseline.ts';
import type { Decision } from '#core/memory/decisions.ts';
import { Decisions, formatDecisions, parseDecisions } from '#core/memory/decisions.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { settingsOnce } from '#node/fileSettings.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import * as signatures from '#node/signatures.ts';
import { FindingLists } from '#session/findingLists.ts';

import { baseline } from '../../server/src/cli/baseline.ts';
import type { Command } from '../../server/src/cli/command.ts';
import { generatePairs } from '../bench/generate.ts';
import { never, testFolder } from '../fakes/files.ts';
import { keptPrinter } from '../fakes/printer.ts';
import { HERE } from '../fakes/threads.ts';

const folder = testFolder('pruning');

// Any number of pairs fits into the memory, unless a test says otherwise.
beforeEach(() => {
  vi.spyOn(signatures, 'maxRelated').mockReturnValue(Infinity);
  vi.spyOn(signatures, 'maxSigned').mockReturnValue(Infinity);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const command = (): Command => ({
  ...keptPrinter(),
  signal: never,
  fail: (error) => {
    throw error;
  },
  ranges: HERE,
  settingsOf: settingsOnce(),
  cache: undefined,
  memoryMb: 1024,
  machine: {} as ScorerMachine,
});

/**
 * Runs `baseline --prune` on files with one decision and one entry for each rule; returns the remaining ones.
 */
async function prune(paths: readonly string[], rules: readonly string[]) {
  const root = dirname(paths[0]!);
  const file = paths[0]!.slice(root.length + 1);
  const key = '0123456789abcdef';
  const decisions = rules.map((rule): Decision => ({
    key,
    rule,
    decision: 'keep',
    reason: 'known',
    by: 'ann',
    at: '2026-01-02',
    file,
  }));
  mkdirSync(join(root, '.preflens'), { recursive: true });
  const memory = (name: string): string => join(root, '.preflens', name);
  writeFileSync(memory('decisions.jsonl'), formatDecisions(decisions));
  writeFileSync(
    memory('baseline.json'),
    formatBaseline({ findings: new Map([[key, new Set(rules)]]), unlisted: new Map() }),
  );
  await baseline(command(), paths, {
    prune: true,
    score: false,
    seed: 1,
    groupBy: undefined,
    budget: 1,
    baseline: false,
  });
  const left = parseDecisions(readFileSync(memory('decisions.jsonl'), 'utf8')).decisions;
  const entries = parseBaseline(readFileSync(memory('baseline.json'), 'utf8'))!.findings.get(key);
  return { decisions: left.map(({ rule }) => rule).sort(), entries: [...(entries ?? [])].sort() };
}

const records = (count: number): string =>
  [...generatePairs(count, 3, 20)].map((line) => `${line.trimEnd()}\n`).join('');

const ALL = ['duplicate-pair', 'empty-response', 'length-bias', 'near-duplicate-pair'];

describe('every rule', () => {
  it('has one stage, by what it must know before it can report', () => {
    expect(ALL_RULES.filter(({ id }) => stageOf(id) === undefined)).toEqual([]);
    expect(
      ['invalid-json', 'duplicate-pair', 'length-bias', 'low-margin', 'unused-suppression'].map(stageOf),
    ).toEqual(['record', 'relation', 'dataset', 'score', 'memory']);
    expect(stageOf('no-such-rule')).toBeUndefined();
  });
});

describe('prune', () => {
  it('removes what was checked and not found', async () => {
    const path = folder.write('a.jsonl', records(60));
    expect(await prune([path], ALL)).toEqual({ decisions: [], entries: [] });
  });

  it('keeps those of pair relations and the whole file if memory limits prevented the check', async () => {
    const path = folder.write('a.jsonl', records(60));
    const left = ['duplicate-pair', 'length-bias', 'near-duplicate-pair'];
    vi.mocked(signatures.maxRelated).mockReturnValue(59);
    expect(await prune([path], ALL)).toEqual({ decisions: left, entries: left });
  });

  it('keeps near duplicates if only the first pairs were compared', async () => {
    const path = folder.write('a.jsonl', records(400));
    vi.mocked(signatures.maxSigned).mockReturnValue(399);
    const left = ['near-duplicate-pair'];
    expect(await prune([path], ALL)).toEqual({ decisions: left, entries: left });
  });

  it('keeps rules with more findings than are listed', async () => {
    const path = folder.write('a.jsonl', '{"prompt":"q","chosen":"","rejected":"b"}\n'.repeat(10_100));
    const left = ['duplicate-pair', 'empty-response'];
    expect(await prune([path], ALL)).toEqual({ decisions: left, entries: left });
  });

  it('keeps entries that may belong to another, unchecked file with the same decisions folder', async () => {
    const small = folder.write('a.jsonl', records(60));
    const large = folder.write('b.jsonl', records(3000));
    // The decisions name the small file, which was checked completely; an entry may belong to either.
    const left = ['duplicate-pair', 'length-bias', 'near-duplicate-pair'];
    vi.mocked(signatures.maxRelated).mockReturnValue(2000);
    expect(await prune([small, large], ALL)).toEqual({ decisions: [], entries: left });
  });
});

describe('the findings of an open file', () => {
  const decision: Decision = {
    key: 'k',
    rule: 'duplicate-pair',
    decision: 'keep',
    reason: 'known',
    by: 'ann',
    at: '2026-01-02',
    file: 'a.jsonl',
  };
  const unused: Finding = {
    rule: 'unused-suppression',
    severity: 'information',
    record: WHOLE_FILE,
    place: { path: [], part: 'value' },
    message: 'unused',
  };

  it('report no decision as unused if its rule did not run yet, or not on all pairs', () => {
    const lists = new FindingLists(() => ({ key: 'other' }));
    const rulesCalledUnused = (rule: string): boolean => {
      lists.setDecisions(new Decisions([{ ...decision, rule }]), (_, isChecked) =>
        isChecked(rule) ? [unused] : [],
      );
      return lists.all.some((finding) => finding.rule === unused.rule);
    };
    const none = { findings: [], counts: new Map() };
    lists.set('structure', none);
    expect(['empty-response', 'duplicate-pair', 'length-bias'].map(rulesCalledUnused)).toEqual([
      true,
      false,
      false,
    ]);
    lists.set('relations', { ...none, partial: new Set(['near-duplicate-pair']) });
    expect(['duplicate-pair', 'length-bias', 'near-duplicate-pair'].map(rulesCalledUnused)).toEqual([
      true,
      true,
      false,
    ]);
    lists.set('structure', { findings: [], counts: new Map([['empty-response', 3]]) });
    expect(rulesCalledUnused('empty-response')).toBe(false);
  });
});
