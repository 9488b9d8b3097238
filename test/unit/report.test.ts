// The report formats; SARIF is validated against its published schema.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

import { ALL_RULES } from '#core/checks/table.ts';
import { portraitOf } from '#core/portrait/portrait.ts';
import { TEXT_FORMATS } from '#core/report/formats.ts';
import { HTML } from '#core/report/html.ts';
import type { FileReport, Report } from '#core/report/report.ts';
import { MAX_SARIF, SARIF } from '#core/report/sarif.ts';

import { survey } from '../fakes/records.ts';

const HOSTILE = 'a<script>alert(1)</script>|%\n::error::x,y: "q"';

function fileReport(path: string, count: number, more: Partial<FileReport> = {}): FileReport {
  const { facts } = survey('{"prompt":"Q","chosen":"a\\n\\n- b","rejected":"bb"}\n'.repeat(30));
  return {
    path,
    mapping: 'TRL explicit prompt',
    recordCount: 30,
    pairCount: 30,
    tieCount: 0,
    judgementCount: 0,
    findings: Array.from({ length: count }, (_, i) => ({
      rule: i % 3 === 0 ? 'empty-response' : 'cut-off-ending',
      severity: i % 3 === 0 ? ('error' as const) : ('information' as const),
      message: i === 1 ? HOSTILE : `Finding ${i}.`,
      line: i + 1,
      column: 3,
      range: { byteStart: 10 * i, byteEnd: 10 * i + 5 },
      key: `${i}`.padStart(16, '0'),
    })),
    unlisted: new Map([['cut-off-ending', 7]]),
    kept: 1,
    old: 2,
    portrait: portraitOf({ files: [facts], hasLabel: false, scorers: [], findings: [] }),
    trust: 'The consistency scorer agrees with 60 % of labels.',
    ...more,
  };
}

const report = (files: readonly FileReport[], errors: readonly string[] = []): Report => ({
  version: '0.1.0',
  files,
  errors,
});
const linesOf = (lines: Iterable<string>): string[] => [...lines];

interface Sarif {
  readonly runs: readonly {
    readonly results: readonly { ruleId: string; ruleIndex: number; partialFingerprints: object }[];
    readonly tool: { driver: { rules: readonly { id: string }[] } };
    readonly invocations: readonly { toolExecutionNotifications: readonly { message: { text: string } }[] }[];
  }[];
}

describe('SARIF', () => {
  const schemas = join(
    dirname(createRequire(import.meta.url).resolve('schemastore/package.json')),
    'schemas',
    'json',
  );
  const schema = JSON.parse(readFileSync(join(schemas, 'sarif-2.1.0.json'), 'utf8')) as object;
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
  const sarif = (of: Report, max = Infinity): Sarif => {
    const value = JSON.parse(linesOf(SARIF(of, max)).join('\n')) as Sarif;
    expect([validate(value), validate.errors]).toEqual([true, null]);
    return value;
  };

  it('is valid, with a rule for each result and a fingerprint without line numbers', () => {
    const value = sarif(
      report([fileReport('data dir/ä#1.jsonl', 6), fileReport('b.jsonl', 0)], ['c.jsonl: empty']),
    );
    const [run] = value.runs;
    for (const { ruleId, ruleIndex } of run!.results)
      expect(run!.tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
    const moved = sarif(
      report([
        fileReport('x.jsonl', 6, {
          findings: fileReport('x', 6).findings.map((one) => ({ ...one, line: 99 })),
        }),
      ]),
    );
    expect(moved.runs[0]!.results.map((one) => one.partialFingerprints)).toEqual(
      run!.results.map((one) => one.partialFingerprints),
    );
  });

  it('is valid with a result of every rule', () => {
    const findings = ALL_RULES.map(({ id }, i) => ({
      rule: id,
      severity: 'warning' as const,
      message: 'x',
      line: i + 1,
      column: 1,
      range: { byteStart: 0, byteEnd: 0 },
      key: id,
    }));
    expect(
      sarif(report([fileReport('a.jsonl', 0, { findings, unlisted: new Map() })])).runs[0]!.results,
    ).toHaveLength(ALL_RULES.length);
  });

  it('states what it leaves out', () => {
    const value = sarif(report([fileReport('a.jsonl', MAX_SARIF + 11)]));
    expect(value.runs[0]!.results).toHaveLength(MAX_SARIF);
    expect(value.runs[0]!.invocations[0]!.toolExecutionNotifications[0]!.message.text).toBe(
      `18 more findings of ${(MAX_SARIF + 18).toLocaleString('en').replace(',', '')} not listed here.`,
    );
  });
});

describe('text formats', () => {
  const one = report([fileReport('a,b.jsonl', 4)]);
  it('text lists the most severe if there is no room for all, and says how many are left', () => {
    expect(linesOf(TEXT_FORMATS.text(one, 2))).toEqual([
      'a,b.jsonl:1:3: error empty-response: Finding 0.',
      'a,b.jsonl:4:3: error empty-response: Finding 3.',
      'a,b.jsonl: cut-off-ending: 7 more, not listed',
      '2 more findings not listed (--max-findings)',
    ]);
  });
  it('text is what the problem matcher of the manifest reads', () => {
    const { contributes } = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
    ) as { contributes: { problemMatchers: { pattern: { regexp: string } }[] } };
    const pattern = new RegExp(contributes.problemMatchers[0]!.pattern.regexp);
    const read = linesOf(TEXT_FORMATS.text(one, Infinity)).map((text) => pattern.exec(text)?.slice(1));
    expect(read[0]).toEqual(['a,b.jsonl', '1', '3', 'error', 'empty-response', 'Finding 0.']);
    expect(read.at(-1)).toBeUndefined();
  });
  it('JSON counts what it does not list', () => {
    const [line] = linesOf(TEXT_FORMATS.json(one, 1));
    const value = JSON.parse(line!) as { total: number; notListed: number; files: { findings: unknown[] }[] };
    expect([value.total, value.notListed, value.files[0]!.findings.length]).toEqual([11, 10, 1]);
  });
  it('GitHub annotations resist injection', () => {
    const lines = linesOf(TEXT_FORMATS.github(one, Infinity));
    expect(lines.filter((line) => !line.startsWith('::'))).toEqual([]);
    expect(lines[1]).toBe(
      '::notice file=a%2Cb.jsonl,line=2,col=3,title=cut-off-ending::a<script>alert(1)</script>|%25%0A::error::x,y: "q"',
    );
    expect(lines.at(-1)).toBe('::notice title=PrefLens::11 findings: empty-response 2, cut-off-ending 9');
  });
  it('Markdown keeps hostile words inside their cell', () => {
    const row = linesOf(TEXT_FORMATS.markdown(one, Infinity)).find((line) => line.includes('alert'))!;
    expect(row).toBe(
      '| `a,b.jsonl`:2 | information `cut-off-ending`: a\\<script\\>alert\\(1\\)\\</script\\>\\|%\\\\n::error::x,y: "q" |',
    );
  });
});

describe('HTML', () => {
  it('is one page without script or network, and escapes all text of the data', () => {
    const page = linesOf(HTML(report([fileReport('<b>.jsonl', 4)], ['<i>: no']), Infinity)).join('\n');
    expect(page).not.toMatch(/<script|<b>|<i>|https?:|src=|@import/);
    expect(page).toContain('&lt;script&gt;');
    // Rewards, answers and prompts.
    expect(page.match(/<svg/g)).toHaveLength(3);
    expect(page).not.toContain('data-query');
  });
  it('says so if there are no findings', () => {
    const page = linesOf(HTML(report([fileReport('a.jsonl', 0, { unlisted: new Map() })]), Infinity)).join(
      '',
    );
    expect(page).toContain('No findings.');
  });
});
