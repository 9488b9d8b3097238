import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import type { Diagnostic, TextEdit } from 'vscode-languageserver/node';

import { generatePairs } from '../bench/generate.ts';
import { memoryServer } from '../fakes/wires.ts';

const SAMPLE = readFileSync(
  join(import.meta.dirname, '..', '..', 'media', 'sample', 'support.jsonl'),
  'utf8',
);
const PLANTED = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'fixtures', 'sample.planted.json'), 'utf8'),
) as {
  flipped: number[];
  faults: Record<string, number[]>;
};
const URI = 'file:///data/support.jsonl';

const ruleOf = ({ code }: Diagnostic): string => String(code);
const hasLabels = (found: Diagnostic[]): boolean => found.some((one) => ruleOf(one) === 'likely-mislabeled');
const linesOf = (found: Diagnostic[], rule: string): number[] =>
  found.filter((one) => ruleOf(one) === rule).map(({ range }) => range.start.line);

async function scoredSample() {
  const client = memoryServer();
  await client.initialize({ settings: { codeLens: 'all' } });
  client.open(URI, SAMPLE);
  const found = await client.diagnostics(URI, hasLabels);
  await client.until('the self-test', () => (client.statuses.at(-1)?.phase === 'scored' ? true : undefined));
  return { client, found };
}

describe('an editor with only standard LSP', () => {
  it('gets every planted fault, at the right field', async () => {
    const { client, found } = await scoredSample();
    for (const [rule, records] of Object.entries(PLANTED.faults))
      expect(linesOf(found, rule)).toEqual(records);
    const marked = (rule: string): string[] =>
      found.filter((one) => ruleOf(one) === rule).map(({ range }) => client.textAt(range));
    expect(new Set(marked('turn-marker-in-response'))).toEqual(new Set(['Human:']));
    expect(new Set(marked('likely-mislabeled'))).toEqual(new Set(['"chosen"']));
    expect(new Set(marked('empty-response'))).toEqual(new Set(['""']));
    for (const line of linesOf(found, 'likely-mislabeled')) expect(PLANTED.flipped).toContain(line);
  });

  it('hovers, acts, shows lenses and flips without custom commands', async () => {
    const { client, found } = await scoredSample();
    const line = linesOf(found, 'likely-mislabeled')[0]!;
    const before = client.text;
    expect(await client.hover(URI, line)).toMatch(/Margin −\d+\.\d\d\*\* · lowest [\d.]+ % of this file/);

    const actions = await client.codeActions(URI, line);
    expect(actions.map(({ title }) => title)).toEqual(['Flip chosen and rejected', 'Drop this record']);
    client.apply(actions[0]!.edit!);
    const [old, now] = [before, client.text].map(
      (text) => JSON.parse(text.split('\n')[line]!) as Record<string, string>,
    );
    expect(now).toEqual({ ...old, chosen: old!.rejected, rejected: old!.chosen });
    const rest = await client.diagnostics(URI, (list) => !linesOf(list, 'likely-mislabeled').includes(line));
    expect(linesOf(rest, 'likely-mislabeled').length).toBe(linesOf(found, 'likely-mislabeled').length - 1);
    expect(await client.hover(URI, line)).toMatch(/Margin \+\d/);

    const lenses = (await client.codeLenses(URI)).filter(({ range }) => range.start.line === line);
    expect(lenses.map(({ command }) => command!.title)).toEqual([
      expect.stringMatching(/^margin \+\d/),
      'Flip',
    ]);
    const { command, arguments: args } = lenses[1]!.command!;
    expect(client.capabilities.executeCommandProvider?.commands).toContain(command);
    await client.execute(command, args![0]);
    expect(client.text).toBe(before);
    await client.diagnostics(URI, (list) => linesOf(list, 'likely-mislabeled').includes(line));
  });

  it('shows lenses where they take at most one line in ten: on pairs with findings, if not on all', async () => {
    const client = memoryServer();
    await client.initialize();
    client.open(URI, SAMPLE);
    const found = await client.diagnostics(URI, hasLabels);
    const lenses = await client.codeLenses(URI);
    const lines = new Set(lenses.map(({ range }) => range.start.line));
    expect(lines.size).toBeGreaterThan(0);
    expect([...lines].filter((line) => !found.some(({ range }) => range.start.line === line))).toEqual([]);
  });

  it('gets no lens, no action and no diagnostic in a file without pairs', async () => {
    const client = memoryServer();
    await client.initialize();
    client.open('file:///100%.jsonl', SAMPLE);
    await client.diagnostics('file:///100%.jsonl', hasLabels);
    client.open('file:///logs.jsonl', '{"level":"info"}\n{broken\n');
    expect(await client.diagnostics('file:///logs.jsonl')).toEqual([]);
    expect(await client.codeLenses('file:///logs.jsonl')).toEqual([]);
    expect(await client.codeActions('file:///logs.jsonl', 0)).toEqual([]);
    expect(await client.hover('file:///logs.jsonl', 0)).toBe('');
    const told = client.statuses.filter(({ uri }) => uri === 'file:///logs.jsonl');
    expect(told.at(-1)!.phase).toBe('unrecognised');
  });
});

describe('while the text changes', () => {
  it('diagnostics equal those of the same text opened fresh, after 25 random edits', async () => {
    const client = memoryServer();
    await client.initialize({ settings: { scoreOnOpen: false } });
    const lines = SAMPLE.split('\n').slice(100, 260);
    client.open(URI, lines.join('\n'));
    await client.diagnostics(URI);
    let seed = 7;
    const below = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const pieces = [
      '',
      '\n',
      '{broken',
      '{"prompt":"Q","chosen":"","rejected":"x"}\n',
      lines[3]!,
      '\n\n',
      '🐦',
      `\n${lines[9]!}\n`,
      '"',
    ];
    for (let i = 0; i < 25; i++) {
      const edits: TextEdit[] = [];
      const count = client.text.split('\n').length;
      const from = below(count);
      const to = Math.min(count - 1, from + below(3));
      const start = { line: from, character: below(2) === 0 ? 0 : below(40) };
      const end =
        to === from ? { line: to, character: start.character + below(3) } : { line: to, character: below(5) };
      edits.push({ range: { start, end }, newText: pieces[below(pieces.length)]! });
      client.edit(edits);
      if (i % 5 !== 4) continue;
      const fresh = memoryServer();
      await fresh.initialize({ settings: { scoreOnOpen: false } });
      fresh.open(URI, client.text);
      const wanted = await fresh.diagnostics(URI);
      await client.codeLenses(URI);
      const got = await client.diagnostics(URI, (list) => JSON.stringify(list) === JSON.stringify(wanted));
      expect(got).toEqual(wanted);
    }
  });

  it('keeps places right after a BOM, with CRLF, and with characters outside the BMP', async () => {
    const client = memoryServer();
    await client.initialize({ settings: { scoreOnOpen: false } });
    const line = (prompt: string): string =>
      `{"prompt":"${prompt}","chosen":"a\\nAssistant: x","rejected":""}`;
    client.open(URI, `\ufeff${line('🐦é')}\r\n${line('鳥')}\r\n`);
    const found = await client.diagnostics(URI);
    expect(found.map(({ range }) => client.textAt(range))).toEqual(['""', 'Assistant:', '""', 'Assistant:']);
    const actions = await client.codeActions(URI, 0);
    expect(actions[0]?.title).toBe('Cut the response before the marker');
    client.apply(actions.find(({ title }) => title === 'Flip chosen and rejected')!.edit!);
    expect(client.text).toBe(
      `\ufeff{"prompt":"🐦é","chosen":"","rejected":"a\\nAssistant: x"}\r\n${line('鳥')}\r\n`,
    );
  });
});

describe('scoring', () => {
  it('does not start on fewer than 50 pairs, and the status says why', async () => {
    const client = memoryServer();
    await client.initialize();
    client.open(URI, SAMPLE.split('\n').slice(0, 20).join('\n'));
    const told = await client.until('a reason', () =>
      client.statuses.find(({ reason }) => reason !== undefined),
    );
    expect(told.reason).toBe('20 pairs are too few to score: the consistency scorer needs at least 50.');
  });

  it('is cancelled by closing the file, which also clears its diagnostics', async () => {
    const client = memoryServer();
    await client.initialize();
    client.open(URI, SAMPLE.repeat(6));
    await client.until('scoring', () => client.statuses.find(({ phase }) => phase === 'scoring'));
    client.close(URI);
    await client.diagnostics(URI, (list) => list.length === 0);
    await client.until('the log', () => client.log.find((line) => line.startsWith('Scoring was cancelled')));
  });

  it('keeps the scores of records that an edit moved while the scorer ran', async () => {
    const calm = memoryServer();
    await calm.initialize();
    calm.open(URI, SAMPLE);
    await calm.until('scores', () => calm.statuses.find(({ phase }) => phase === 'scored'));
    const client = memoryServer();
    await client.initialize();
    client.open(URI, SAMPLE);
    await client.until('scoring', () => client.statuses.find(({ phase }) => phase === 'scoring'));
    const top = { line: 0, character: 0 };
    client.edit([
      {
        range: { start: top, end: top },
        newText: '{"prompt":"New?","chosen":"Well, yes.","rejected":"no"}\n\n',
      },
    ]);
    await client.until('scores', () => client.statuses.find(({ phase }) => phase === 'scored'));
    expect(await client.hover(URI, 0)).toMatch(/Margin [+−]/);
    for (const line of [0, 100, 599]) {
      const margin = /Margin [+−][\d.]+/;
      expect(margin.exec(await client.hover(URI, line + 2))![0]).toBe(
        margin.exec(await calm.hover(URI, line))![0],
      );
    }
  });

  it('negates the margin of a flipped pair, with a prompt and without one', async () => {
    const pairs = [...generatePairs(300, 17, 30)].map((line) => JSON.parse(line) as Record<string, string>);
    for (const keepPrompt of [true, false]) {
      const client = memoryServer();
      await client.initialize();
      const lines = pairs.map(({ prompt, chosen, rejected }) =>
        JSON.stringify({ ...(keepPrompt && { prompt }), chosen, rejected }),
      );
      client.open(URI, lines.join('\n'));
      await client.until('scores', () => client.statuses.find(({ phase }) => phase === 'scored'));
      const marginOf = async (line: number): Promise<string> =>
        /Margin ([+−][\d.]+)/.exec(await client.hover(URI, line))![1]!;
      for (const record of [0, 7, 150, 299]) {
        const before = await marginOf(record);
        await client.execute('preflens.flip', { uri: URI, record });
        const turned = before.startsWith('−') ? before.replace('−', '+') : before.replace('+', '−');
        expect(await marginOf(record)).toBe(turned);
      }
    }
  });

  it('says beside a margin that two prompts do not cancel', async () => {
    const pairs = [...generatePairs(60, 17, 30)].map((line) => JSON.parse(line) as Record<string, string>);
    const own = { chosen_system: 'Speak to a child.', rejected_system: 'Speak to a lawyer.' };
    const lines = pairs.map((pair, i) => JSON.stringify(i === 3 ? { ...pair, ...own } : pair));
    const client = memoryServer();
    await client.initialize();
    client.open(URI, lines.join('\n'));
    await client.until('scores', () => client.statuses.find(({ phase }) => phase === 'scored'));
    const caution = 'what a scorer gives to a prompt does not cancel';
    expect(await client.hover(URI, 3)).toContain(caution);
    expect(await client.hover(URI, 4)).toMatch(/Margin/);
    expect(await client.hover(URI, 4)).not.toContain(caution);
  });

  it('ignores callbacks of the older of two jobs', async () => {
    const client = memoryServer();
    await client.initialize();
    client.open(URI, SAMPLE.repeat(3));
    await client.until('scoring', () => client.statuses.find(({ phase }) => phase === 'scoring'));
    await client.execute('preflens.score', URI);
    await client.until('scores', () => client.statuses.find(({ phase }) => phase === 'scored'));
    expect(client.statuses.map(({ phase }) => phase)).not.toContain('cancelled');
  });

  it('stops on command and starts again on command', async () => {
    const client = memoryServer();
    await client.initialize();
    client.open(URI, SAMPLE.repeat(4));
    await client.until('scoring', () => client.statuses.find(({ phase }) => phase === 'scoring'));
    await client.execute('preflens.cancelScoring', URI);
    await client.until('the end', () => client.statuses.find(({ phase }) => phase === 'cancelled'));
    await client.execute('preflens.score', URI);
    await client.until('scores', () => client.statuses.find(({ phase }) => phase === 'scored'));
  });

  it('reports that the scoring process cannot be started', async () => {
    const client = memoryServer(async () => Promise.reject(new Error('no such bundle')));
    await client.initialize();
    client.open(URI, SAMPLE);
    const told = await client.until('a failure', () =>
      client.statuses.find(({ phase }) => phase === 'failed'),
    );
    expect(told.reason).toBe('no such bundle');
    expect((await client.diagnostics(URI)).length).toBeGreaterThan(10);
  });
});

describe('limits', () => {
  it('works around a record of 30 MB and one nested a hundred thousand levels deep', async () => {
    const client = memoryServer();
    await client.initialize();
    const long = `{"prompt":"x","chosen":"${'word '.repeat(6_000_000)}","rejected":"y\\n\\nHuman: z"}`;
    const deep = `{"prompt":"x","chosen":${'['.repeat(100_000)}${']'.repeat(100_000)},"rejected":"y"}`;
    client.open(URI, `${long}\n${deep}\n${SAMPLE}`);
    const found = await client.diagnostics(URI, hasLabels);
    expect(linesOf(found, 'wrong-type')).toEqual([1]);
    const marker = found.find((one) => ruleOf(one) === 'turn-marker-in-response')!;
    expect([marker.range.start.line, client.textAt(marker.range)]).toEqual([0, 'Human:']);
    expect(await client.hover(URI, 0)).toMatch(/Margin [+−]/);
    expect(await client.hover(URI, 2)).toMatch(/Margin [+−]/);
  });

  it('lists a thousand diagnostics at most, every rule among them, and states the true number', async () => {
    const client = memoryServer();
    await client.initialize({ settings: { scoreOnOpen: false } });
    const empty = '{"prompt":"Q","chosen":"","rejected":"b"}\n';
    client.open(URI, `${empty.repeat(3000)}{broken\n{"prompt":"Q","chosen":"same","rejected":"same"}\n`);
    const found = await client.diagnostics(URI);
    expect(found.length).toBe(1000);
    expect(found[0]!.message).toContain('3,002 findings in this file; 999 of them are listed');
    expect(new Set(found.map(ruleOf))).toEqual(
      new Set(['more-findings', 'empty-response', 'invalid-json', 'identical-pair']),
    );
  });
});
