// Results for an older text are dropped, whichever caller applied the changes.
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver/node';

import { DEFAULT_SETTINGS } from '#node/config.ts';
import { OpenDataset } from '#session/dataset.ts';
import { OpenDocument } from '#session/document.ts';
import { DocumentSource } from '#session/sources/document.ts';

import { generatePairs } from '../bench/generate.ts';
import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, never } from '../fakes/files.ts';
import { startInMemory } from '../fakes/memoryScorer.ts';
import { decode } from '../fakes/records.ts';
import { heldSearches } from '../fakes/threads.ts';
import { memoryServer } from '../fakes/wires.ts';

const URI = 'file:///data/slow.jsonl';
const TOP = { line: 0, character: 0 };

const places = (list: readonly Diagnostic[]): string[] =>
  list.map(({ code, range }) => `${String(code)} ${range.start.line}`).sort();

async function openWithSearch(settings: object, lines: readonly string[]) {
  const { held, ranges } = heldSearches();
  const client = memoryServer(undefined, undefined, ranges);
  await client.initialize({ settings });
  client.open(URI, lines.join('\n'));
  await client.until('a search', () => held[0]);
  return { client, held };
}

/** All diagnostics sent from now on, until some satisfy `enough`. */
async function sentUntil(
  client: PlainClient,
  enough: (found: readonly string[]) => boolean,
): Promise<string[][]> {
  const sent: string[][] = [];
  let last: Diagnostic[] | undefined;
  await client.until('diagnostics', () => {
    const now = client.published.get(URI);
    if (now !== last && now) sent.push(places(now));
    last = now;
    return sent.some(enough) ? true : undefined;
  });
  return sent;
}

describe('a slow search', () => {
  const DUPLICATE = [goodRecord(1), goodRecord(2), goodRecord(1)];

  it('names no record by an old number after scoring applied the edit', async () => {
    const { client, held } = await openWithSearch({ scoreOnOpen: false, run: 'save' }, DUPLICATE);
    client.edit([{ range: { start: TOP, end: TOP }, newText: `${goodRecord(7)}\n` }]);
    await client.execute('preflens.score', URI);
    await client.until('the scoring job', () => client.statuses.find(({ reason }) => reason !== undefined));
    held[0]!();
    await client.until('another search', () => held[1]);
    held[1]!();
    await client.connection.sendRequest('preflens/checkFile', { uri: URI });
    const sent = await sentUntil(client, (found) => found.includes('duplicate-pair 3'));
    expect(sent.flat()).not.toContain('duplicate-pair 2');
  });

  it('names no record by an old number after scores arrived between edit and search', async () => {
    const lines = [...generatePairs(60, 5, 20)].map((line) => line.trimEnd());
    let release: () => void = () => undefined;
    const { held, ranges } = heldSearches();
    const client = memoryServer(
      async () => {
        await new Promise<void>((resolve) => (release = resolve));
        return startInMemory();
      },
      undefined,
      ranges,
    );
    await client.initialize({ settings: { run: 'save' } });
    client.open(URI, [...lines, lines[5]!].join('\n'));
    await client.until('a search', () => held[0]);
    client.edit([{ range: { start: TOP, end: { line: 2, character: 0 } }, newText: '' }]);
    release();
    await client.until('scores', () => client.statuses.find(({ phase }) => phase === 'scored'));
    held[0]!();
    await client.until('another search', () => held[1]);
    held[1]!();
    await client.connection.sendRequest('preflens/checkFile', { uri: URI });
    const sent = await sentUntil(client, (found) => found.includes('duplicate-pair 58'));
    expect(sent.flat()).not.toContain('duplicate-pair 60');
  });
});

describe('a text that changes while it is read', () => {
  it('is applied completely, whichever caller asked in between', async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => goodRecord(i));
    const document = new OpenDocument(URI, 1, lines.join('\n'));
    const dataset = new OpenDataset(new DocumentSource(document));
    const insert = (line: number, text: string, version: number): void => {
      const at = { line, character: 0 };
      document.change([{ range: { start: at, end: at }, text }], version);
    };
    for (const version of [2, 3]) {
      const reading = dataset.surveyAll(DEFAULT_SETTINGS, never);
      await new Promise((resolve) => setImmediate(resolve));
      insert(100, `${goodRecord(-version)}\n`, version);
      dataset.update();
      await reading;
      dataset.update();
      const { facts } = dataset.survey;
      expect(facts.recordCount).toBe(lines.length + version - 1);
      for (const record of [0, 99, 100, 101, 102, facts.recordCount - 1]) {
        const line = facts.records.line[record]!;
        expect(decode(dataset.rawRecord(record)!.bytes)).toBe(decode(document.bytes).split('\n')[line]);
        expect(dataset.readPair(record, 0)).toBeDefined();
      }
      expect(dataset.source.version).toBe(version);
    }
  });
});
