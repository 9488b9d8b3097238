// Mutated JSON documents: their records are cut in order and without end, in any chunks, and those before the first change are
// as they were. One in fifty is a file that is surveyed, edited and saved.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseRecord } from '#core/json/parseRecord.ts';
import { seededRandom } from '#core/score/random.ts';

import { cutDocument, documentOf, layoutIn } from '../fakes/documents.ts';
import { mutate } from '../fakes/mutate.ts';
import { encode } from '../fakes/records.ts';
import type { FuzzOutcome } from './fuzz.ts';
import { cpuMs, seedLines, tryFile } from './fuzz.ts';

/** The limit for a document, which is cut several times and may be a file: a hang, whatever else the machine does. */
const MAX_MS = 10_000;
const FILE_EVERY = 50;

/** Throws on a failure. */
function tryDocument(good: Uint8Array, bytes: Uint8Array, size: number): void {
  const layout = layoutIn(good);
  if (!layout) throw new Error('a good document without a layout');
  const found = cutDocument(bytes, layout);
  const plain = (records: typeof found): string =>
    records
      .map(({ bytes: own, ...rest }) => `${JSON.stringify(rest)} ${Buffer.from(own).toString('latin1')}`)
      .join();
  if (plain(cutDocument(bytes, layout, size)) !== plain(found))
    throw new Error(`other records in chunks of ${size}`);
  let at = 0;
  for (const raw of found) {
    if (raw.byteStart < at || raw.byteEnd < raw.byteStart || raw.byteEnd > bytes.length)
      throw new Error(`record ${raw.record} is at ${raw.byteStart} to ${raw.byteEnd}, after ${at}`);
    at = raw.byteEnd;
    parseRecord(raw);
  }
  const changed = good.findIndex((byte, i) => byte !== bytes[i]);
  const before = cutDocument(good, layout).filter(({ byteEnd }) => changed < 0 || byteEnd < changed);
  if (plain(found.slice(0, before.length)) !== plain(before))
    throw new Error('records before the change differ');
  layoutIn(bytes);
}

export async function fuzzDocuments(count: number, seed: number): Promise<FuzzOutcome> {
  const random = seededRandom(seed);
  const seeds = seedLines();
  const values = seeds.map((line) => JSON.parse(Buffer.from(line).toString()) as unknown);
  const folder = mkdtempSync(join(tmpdir(), 'preflens-documents-'));
  const failures: string[] = [];
  let [longest, peakMb] = [0, 0];
  try {
    for (let i = 0; i < count; i++) {
      const own = Array.from(
        { length: 2 + Math.floor(random() * 4) },
        () => values[Math.floor(random() * values.length)],
      );
      const good = encode(documentOf(own, random).text);
      const bytes = mutate(good, random, seeds);
      const begun = cpuMs();
      try {
        if (layoutIn(good)) tryDocument(good, bytes, 1 + Math.floor(random() * 200));
        if (i % FILE_EVERY === 0) {
          const path = join(folder, 'x.json');
          writeFileSync(path, bytes);
          await tryFile(path);
        }
      } catch (error) {
        const text = Buffer.from(bytes.subarray(0, 400)).toString();
        failures.push(
          `document ${i}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n  ${text}`,
        );
      }
      const took = cpuMs() - begun;
      longest = Math.max(longest, took);
      if (took > MAX_MS) failures.push(`document ${i}: ${took.toFixed(0)} ms for ${bytes.length} bytes`);
      if (i % 500 === 0) peakMb = Math.max(peakMb, process.memoryUsage().rss / 1e6);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { tried: count, longest, peakMb, failures };
}
