// Everything from a dataset, its name or its preflens.json reaches standard output and standard error through
// one printer.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { UserError } from '#core/messages.ts';
import { portraitOf } from '#core/portrait/portrait.ts';
import type { FileReport, Report } from '#core/report/report.ts';

import { apply } from '../../server/src/cli/apply.ts';
import { baseline } from '../../server/src/cli/baseline.ts';
import { check } from '../../server/src/cli/check.ts';
import type { FormatName } from '../../server/src/cli/choices.ts';
import { FORMAT_NAMES } from '../../server/src/cli/choices.ts';
import { convert } from '../../server/src/cli/convert.ts';
import { explainRule } from '../../server/src/cli/explain.ts';
import { formatOf } from '../../server/src/cli/fileReport.ts';
import { fix } from '../../server/src/cli/fix.ts';
import { index, schema } from '../../server/src/cli/inspect.ts';
import { keep } from '../../server/src/cli/keep.ts';
import { model } from '../../server/src/cli/models.ts';
import { writeScores } from '../../server/src/cli/score.ts';
import { stats } from '../../server/src/cli/stats.ts';
import { testCommand } from '../fakes/command.ts';
import { testFolder } from '../fakes/files.ts';
import { Kept } from '../fakes/printer.ts';
import { survey } from '../fakes/records.ts';
import { preflens } from '../process/run.ts';
import { report, rounds } from './attack.ts';
import { activeIn, HOSTILE, RAW } from './hostile.ts';

const folder = testFolder('terminal');
const isPosix = process.platform !== 'win32';

/** What a CI runner reads as a command: after spaces, or anywhere. */
const COMMAND = /^\s*::|##\w*\[/u;
const OURS = /^::(?:error|warning|notice) (?:file=[^,:]*,line=\d+,col=\d+,title=[^,:]*|title=PrefLens)::/;

const HTML_TAG =
  /^<\/?(?:!doctype|html|meta|title|style|h[1-3]|p|table|tr|t[hd]|code|div|figure|figcaption|svg|path|rect|text|line|circle|span|details|summary)(?:\s[^<>]*)?\/?>$/;

/** No part of the output acts on a terminal, a CI log, or a renderer. */
function expectHarmless(out: string, what: string, format?: FormatName): void {
  for (const line of out.replace(/\n$/, '').split('\n')) {
    expect(line, what).not.toMatch(RAW);
    if (format !== 'github' || !OURS.test(line)) expect(line, what).not.toMatch(COMMAND);
  }
  if (format === 'markdown') expect(activeIn(out), what).toEqual([]);
  if (format === 'html') {
    for (const tag of out.match(/<[^>]*>?/g) ?? []) {
      expect(tag, what).toMatch(HTML_TAG);
      // A quoted value may hold any text.
      expect(tag.replaceAll(/"[^"]*"/g, '""'), what).not.toMatch(/\s(?:src|href|on\w+)\s*=/i);
      expect(tag, what).not.toMatch(/url\(/i);
    }
  }
  if (format === 'json' || format === 'sarif') {
    JSON.parse(out, (key, value: unknown) => {
      expect(`${key}${typeof value === 'string' ? value : ''}`, what).not.toMatch(/\p{Cs}/u);
      // Embedded links in SARIF.
      if (key === 'text') expect(value, what).not.toMatch(/(?:^|[^\\])\]\(/);
      return value;
    });
  }
}

function reportOf(text: string): Report {
  const { facts } = survey('{"prompt":"Q","chosen":"a","rejected":"bb"}\n');
  const finding = {
    rule: 'unknown-role',
    severity: 'warning',
    message: text,
    line: 1,
    column: 1,
    key: text,
  } as const;
  const file: FileReport = {
    path: text,
    mapping: text,
    recordCount: 1,
    pairCount: 1,
    tieCount: 1,
    judgementCount: 1,
    findings: [
      { ...finding, range: { byteStart: 0, byteEnd: 1 } },
      { ...finding, rule: text, range: { byteStart: 0, byteEnd: 1 } },
    ],
    unlisted: new Map([
      ['mojibake', 3],
      [text, 2],
    ]),
    kept: 1,
    old: 1,
    portrait: portraitOf({
      files: [facts],
      hasLabel: true,
      scorers: [{ name: text, marginOf: (_, pair) => pair - 1 }],
      findings: [{ rule: text, severity: 'error', title: text, count: 1 }],
      sources: {
        field: text,
        values: [{ name: text, pairs: 1, ties: 0, longerChosen: 1 }],
        read: 1,
        records: 1,
      },
      trust: text,
    }),
    trust: text,
  };
  return { version: text, files: [file], errors: [text] };
}

describe('22: reports', () => {
  it('22: every format with hostile texts in every field', async () => {
    let seed = 11;
    const next = (): number => (seed = (seed * 48271) % 0x7fffffff);
    const pieces = HOSTILE.flatMap((text) => text.split(/(?<=[\s()[\]`|<>\\!:#])/));
    const mixed = Array.from({ length: rounds({ small: 300, large: 20_000 }) }, () =>
      Array.from({ length: 1 + (next() % 8) }, () => pieces[next() % pieces.length]).join(''),
    );
    for (const text of [...HOSTILE, ...mixed]) {
      for (const format of FORMAT_NAMES) {
        // As `check` prints it.
        const { out, print, command } = testCommand();
        for (const line of (await formatOf(format))(reportOf(text), Infinity))
          (format === 'github' ? command : print)(line);
        expectHarmless(out.text, `${format} of ${JSON.stringify(text)}`, format);
      }
    }
    report('22 reports', { texts: HOSTILE.length + mixed.length, formats: FORMAT_NAMES.length });
  });
});

/** A hostile text as a file name. */
const nameOf = (text: string): string => text.replaceAll(/[/\0]/g, '_').slice(0, 60);

/** A project whose names and values are all hostile. */
function writeProject(text: string, i: number): { readonly root: string; readonly data: string } {
  const root = join(folder.path, `${i}`, isPosix ? nameOf(text) : 'x');
  mkdirSync(root, { recursive: true });
  const put = (name: string, content: string): string => {
    const path = join(root, name);
    writeFileSync(path, content);
    return path;
  };
  const well = text.replaceAll(/\p{Cs}/gu, '\ufffd');
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const turns = (last: string): object[] => [
    { role: text, content: text },
    { role: 'assistant', content: last },
  ];
  const data = put(
    isPosix ? `${nameOf(text)}.jsonl` : 'x.jsonl',
    [
      line({
        prompt: text,
        chosen: turns(`${text} Human: x`),
        rejected: turns('b'),
        source: text,
        [text]: text,
      }),
      line({ prompt: text, chosen: turns('same'), rejected: turns('same'), source: text, [text]: text }),
      line({
        prompt: text,
        chosen: turns(''),
        rejected: turns('b'),
        source: text,
        score_chosen: 1,
        score_rejected: 2,
      }),
      line({ prompt: text, chosen: text, rejected: 7, source: text }),
      `{"prompt": ${well.replaceAll('\n', ' ')}\n`,
      `${well.replaceAll('\n', ' ')}\n`,
    ].join(''),
  );
  put('s.jsonl', line({ record: 0, pair: 0, margin: -1 }) + line({ [text]: 1 }));
  put('edits.jsonl', line({ record: 0, edit: text }));
  mkdirSync(join(root, '.preflens'), { recursive: true });
  put(
    '.preflens/decisions.jsonl',
    line({ key: text, rule: text, decision: text, reason: text }) + `${well.replaceAll('\n', ' ')}\n`,
  );
  mkdirSync(join(root, 'model'), { recursive: true });
  put(
    'model/config.json',
    JSON.stringify({ architectures: [text], model_type: text, id2label: { 0: text, 1: text } }),
  );
  put('model/tokenizer.json', `{"model": ${well}`);
  put('model/model.onnx', text);
  return { root, data };
}

const CHECKING = {
  score: false,
  seed: 1,
  groupBy: undefined,
  budget: 1,
  baseline: true,
  maxFindings: Infinity,
  failOn: 'warning',
} as const;

describe('22: commands', () => {
  it('22: every command with hostile names, records, configuration, decisions and models', async () => {
    let [runs, said] = [0, 0];
    for (const [i, text] of HOSTILE.entries()) {
      const { root, data } = writeProject(text, i);
      const run = async (
        what: string,
        work: (command: ReturnType<typeof testCommand>) => unknown,
        format?: FormatName,
      ): Promise<void> => {
        const command = testCommand();
        try {
          await work(command);
        } catch (error) {
          // As the program does on exit.
          if (error instanceof UserError) command.note(error.message);
          else command.notes(error instanceof Error ? (error.stack ?? '') : String(error));
        }
        runs++;
        said += Number(command.out.text + command.err.text !== '');
        expectHarmless(
          command.out.text,
          `${what} of ${JSON.stringify(text)}`,
          command.out.text === '' ? undefined : format,
        );
        expectHarmless(command.err.text, `${what} of ${JSON.stringify(text)}`);
      };
      for (const format of FORMAT_NAMES)
        await run(`check --format ${format}`, async (c) => check(c, [data], { ...CHECKING, format }), format);
      for (const json of [true, false]) {
        await run('stats', async (c) => stats(c, data, { json, groupBy: text }));
        await run('schema', async (c) => schema(c, data, { json }));
        await run('index', async (c) => index(c, data, { json, rebuild: true }));
      }
      await run('fix', async (c) => fix(c, [data], { rule: [], review: false, dryRun: true }));
      await run('fix --rule', async (c) => fix(c, [data], { rule: [text], review: true, dryRun: true }));
      await run('explain', (c) => {
        explainRule(c, text);
      });
      const decision = { rule: 'identical-pair', reason: text, by: text, pair: 0, wrong: false };
      await run('keep', async (c) => keep(c, `${data}:2`, decision));
      await run('baseline', async (c) =>
        baseline(c, [data], { ...CHECKING, baseline: join(root, text), prune: false }),
      );
      await run('apply', async (c) => apply(c, data, join(root, 'edits.jsonl'), true));
      await run('convert', async (c) =>
        convert(c, data, { out: join(root, 'out.jsonl'), to: 'trl', codec: 'snappy', dryRun: true }),
      );
      await run('model', async (c) => model(c, join(root, 'model'), {}));
      writeFileSync(
        join(root, 'preflens.json'),
        JSON.stringify({ scorers: [{ kind: 'sidecar', file: 's.jsonl', name: text }] }),
      );
      await run('score', async (c) => writeScores(c, data, { out: '-', seed: 1, groupBy: undefined }));
      for (const config of [
        `{${text}`,
        { [text]: 1 },
        { extends: text },
        { benchmarks: [text] },
        { mappings: [{ chosen: text, rejected: text }] },
      ]) {
        writeFileSync(
          join(root, 'preflens.json'),
          typeof config === 'string' ? config : JSON.stringify(config),
        );
        await run(`preflens.json ${JSON.stringify(config)}`, async (c) =>
          check(c, [data], { ...CHECKING, format: 'text' }),
        );
        await run('schema', async (c) => schema(c, data, { json: false }));
      }
    }
    // Nearly every run prints something; otherwise the test proves nothing.
    expect(said / runs).toBeGreaterThan(0.9);
    report('22 commands', { runs });
  });

  it('22: the program itself: reports, wrong arguments, and errors that quote data', async () => {
    const { root, data } = writeProject(HOSTILE[7]!, 0);
    writeFileSync(join(root, 'preflens.json'), `{"${HOSTILE.join('').replaceAll('"', '')}": 1}`);
    for (const [args, format] of [
      [['check', '--no-score', '--no-baseline', '--format', 'github', data], 'github'],
      [['check', '--no-score', join(root, nameOf(HOSTILE[0]!))], undefined],
      [['explain', HOSTILE.join('').replaceAll('\0', '')], undefined],
      [[`--${HOSTILE[0]!}`], undefined],
      [['check', `${HOSTILE[8]!}\n::error::x`, `--format=${HOSTILE[7]!}`], undefined],
      [['--help'], undefined],
    ] as const) {
      const { out, err } = await preflens(args);
      expect(out + err).not.toBe('');
      expectHarmless(out, args.join(' '), out === '' ? undefined : format);
      expectHarmless(err, args.join(' '));
    }
  });
});

describe('22: uncaught errors', () => {
  it('22: an error outside every command also goes through the printer', async () => {
    const text = JSON.stringify(HOSTILE.join(''));
    // Throw as soon as the program listens for it.
    const code = `process.on('newListener', (name) => { if (name === 'uncaughtException') setImmediate(() => { throw new Error(${text}); }); });`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(code)}`;
    const {
      code: exit,
      out,
      err,
    } = await preflens(['check', folder.path], undefined, undefined, { NODE_OPTIONS });
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain('preflens: Error: ␛[2J');
    expectHarmless(err, 'uncaught');
  });
});

describe('22: text from elsewhere', () => {
  it('22: the progress bar shows names, and records in a terminal are escaped', async () => {
    const { printerOver } = await import('../../server/src/cli/printer.ts');
    const { Readable } = await import('node:stream');
    let [drawn, shown] = ['', ''];
    for (const text of HOSTILE) {
      const [out, err] = [new Kept(), new Kept()].map((one) => Object.assign(one, { isTTY: true }));
      const printer = printerOver(out!, err!);
      printer.bar.show(text, 1);
      await printer.records(Readable.from([Buffer.from(`${text}\n`)]), new AbortController().signal);
      drawn += err!.text;
      shown += out!.text;
    }
    // Our own codes: return to the start of the line, and clear it.
    expectHarmless(drawn.replaceAll('\r\u001b[2K', ''), 'bar');
    expectHarmless(shown, 'records');
  });

  it('22: piped records keep every byte', async () => {
    const text = `${HOSTILE.map((one) => JSON.stringify({ prompt: one, chosen: `a${one}`, rejected: 'b' })).join('\n')}\n`;
    const path = folder.write('x.jsonl', text);
    expect((await preflens(['convert', path, '--out', '-'])).out).toBe(text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
