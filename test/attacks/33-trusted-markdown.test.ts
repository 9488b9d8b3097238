// The editor renders hovers, tooltips and messages as Markdown, and runs commands in trusted ones.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';

import { htmlText, markdownCell, markdownCode, markdownText, notification } from '#core/escape/escape.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

import { TOOLTIP_COMMANDS, tooltipOf } from '../../client/src/views/statusText.ts';
import { testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';
import { report, rounds } from './attack.ts';
import { activeIn, HOSTILE, MARKUP, RAW } from './hostile.ts';

const folder = testFolder('markdown');

/** What VS Code reads as a link in a notification. */
const NOTIFICATION_LINK = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+/i;

/** Texts combined from pieces of the hostile ones. */
function* mixed(count: number): Generator<string> {
  const pieces = HOSTILE.flatMap((text) => text.split(/(?<=[\s()[\]`|<>\\!:])/));
  let seed = 7;
  const next = (): number => (seed = (seed * 48271) % 0x7fffffff);
  for (let i = 0; i < count; i++) {
    yield Array.from({ length: 1 + (next() % 12) }, () => pieces[next() % pieces.length]).join('');
  }
}

const TEXTS = [...HOSTILE, ...mixed(rounds({ small: 3000, large: 300_000 }))];

const status = (words: string): DatasetStatus => ({
  uri: 'file:///x.jsonl',
  phase: 'failed',
  revision: 1,
  generation: 1,
  recordCount: 1,
  pairCount: 1,
  tieCount: 0,
  judgementCount: 0,
  findingCount: 0,
  isOnDisk: true,
  unsavedCount: 1,
  mapping: words,
  polarity: words,
  progress: words,
  reason: words,
  trust: words,
});

describe('33: texts from files in Markdown', () => {
  it('33: no combination of escaped texts holds a link, a picture or HTML', () => {
    report('33 trusted Markdown', { texts: TEXTS.length });
    for (const text of TEXTS) {
      for (const escaped of [
        markdownText(text),
        markdownCode(text),
        `a ${markdownText(text)} ${markdownText(text)}`,
      ]) {
        expect([text, activeIn(escaped)]).toEqual([text, []]);
        expect(escaped).not.toMatch(RAW);
      }
      const table = `| a | b |\n|---|---|\n| ${markdownCell(text)} | ${markdownCell(text)} |\n`;
      expect([text, activeIn(table)]).toEqual([text, []]);
      expect(htmlText(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#\d+);)/);
      expect(notification(text)).not.toMatch(NOTIFICATION_LINK);
    }
  });

  it('33: the trusted tooltip of the status item links only to our own commands', () => {
    const ours = activeIn(tooltipOf(status('plain'), false));
    expect(ours.length).toBeGreaterThan(3);
    for (const link of ours)
      expect(TOOLTIP_COMMANDS as readonly string[]).toContain(/\(command:(.+)\)$/.exec(link)?.[1]);
    for (const phase of ['failed', 'scoring'] as const) {
      const plain = activeIn(tooltipOf({ ...status('plain'), phase }, false));
      for (const text of TEXTS.slice(0, 1000))
        expect([text, activeIn(tooltipOf({ ...status(text), phase }, false))]).toEqual([text, plain]);
    }
  });
});

describe('33: what the server sends about a hostile folder', () => {
  it('33: hovers, statuses, messages, lenses and findings contain nothing active', async () => {
    const texts = [...MARKUP, ...HOSTILE];
    const [a, b] = ['a ![x](https://evil.example/p.png)', 'b [Fix](command:preflens.discardEdits)'];
    const lines = texts.flatMap((text, i) => [
      JSON.stringify({ prompt: text, [a]: `${text} good ${i}`, [b]: `bad ${i} ${text}`, source: text }),
      JSON.stringify({ prompt: [{ role: text, content: text }], [a]: '', [b]: text, source: text }),
    ]);
    const quoted = (name: string): string => JSON.stringify(name);
    folder.write(
      'preflens.json',
      JSON.stringify({
        mappings: [{ prompt: 'prompt', chosen: quoted(a), rejected: quoted(b) }],
        scorers: [
          { kind: 'sidecar', file: 's.jsonl', name: MARKUP[0] },
          { kind: 'sidecar', file: 'gone ![x](https:__evil.example_p.png).jsonl', name: MARKUP[1] },
        ],
      }),
    );
    folder.write(
      's.jsonl',
      lines.map((_, record) => `${JSON.stringify({ record, pair: 0, margin: 1 - (record % 3) })}\n`).join(''),
    );
    const path = folder.write('x.jsonl', `${lines.join('\n')}\n`);
    folder.write('bad/preflens.json', JSON.stringify({ '[Fix](command:preflens.discardEdits)': 1 }));
    const bad = folder.write('bad/x.jsonl', `${lines.join('\n')}\n`);
    const client = memoryServer(undefined, join(folder.path, 'cache'));
    await client.initialize({ settings: { groupBy: 'source' }, compare: true });
    const uri = pathToFileURL(path).toString();
    client.open(uri, `${lines.join('\n')}\n`);
    const done = (): true | undefined =>
      ['scored', 'failed', 'unscored'].includes(client.statuses.at(-1)?.phase ?? '') ? true : undefined;
    await client.until('scores', done);
    let hovers = 0;
    for (const [line] of lines.entries()) {
      const hover = await client.hover(uri, line);
      expect([lines[line], activeIn(hover)]).toEqual([lines[line], []]);
      expect(hover.split('\n').join('')).not.toMatch(RAW);
      if (hover !== '') hovers++;
    }
    expect(hovers).toBeGreaterThan(lines.length / 2);
    const plain = activeIn(tooltipOf({ ...status('x'), phase: 'scored' }, true));
    for (const one of client.statuses as unknown as DatasetStatus[])
      expect(activeIn(tooltipOf({ ...one, phase: 'scored', isOnDisk: false }, true))).toEqual(plain);
    expect(
      client.statuses.some((one) => (one as unknown as DatasetStatus).polarity?.includes('evil.example')),
    ).toBe(true);
    for (const { command } of await client.codeLenses(uri)) expect(command!.title).not.toMatch(/[[\]$]/);
    for (const { message } of client.published.get(uri) ?? []) expect(message).not.toMatch(RAW);
    client.open(pathToFileURL(bad).toString(), `${lines.join('\n')}\n`);
    await client.until('the fault of preflens.json', () =>
      client.messages.find((one) => one.includes('must not have')),
    );
    for (const message of client.messages) {
      expect(message).not.toMatch(NOTIFICATION_LINK);
      expect(message).not.toMatch(RAW);
    }
    for (const entry of client.log) for (const line of entry.split('\n')) expect(line).not.toMatch(RAW);
  });
});
