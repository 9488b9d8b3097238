import { afterEach, describe, expect, it } from 'vitest';

import { resolveRules } from '#core/checks/settings.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import { planEdit } from '#core/edits/edit.ts';
import { fixRecord } from '#core/fix.ts';
import { positionsIn, resolvePlace, resolvePlaces } from '#core/json/place.ts';
import { locate, locateAll } from '#core/json/scan.ts';
import type { Place } from '#core/model/finding.ts';
import type { Json, JsonObject, Path } from '#core/model/json.ts';
import type { RawRecord } from '#core/model/record.ts';
import { seededRandom } from '#core/score/random.ts';
import { placeFindings } from '#node/engine.ts';

import type { PlainClient } from '../fakes/client.ts';
import { memoryServer } from '../fakes/wires.ts';
import { report, rounds } from './attack.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const random = seededRandom(3535);
const below = (max: number): number => Math.floor(random() * max);

const raw = (text: string, record = 0): RawRecord => {
  const bytes = encode(text);
  return { record, line: record, byteStart: 0, byteEnd: bytes.length, bytes };
};

const TEXTS = ['', 'a', 'é"\\', '汉字', '🐦🐦', '\n\t', '\u0001x'];
const KEYS = ['a', 'b', 'é', 'a"b', '\\u'];

function value(depth: number): Json {
  const kind = below(depth > 3 ? 2 : 4);
  if (kind === 0) return below(100);
  if (kind === 1) return TEXTS.map(() => TEXTS[below(TEXTS.length)]!).join('');
  const items = Array.from({ length: below(4) }, () => value(depth + 1));
  if (kind === 2) return items;
  return Object.fromEntries(items.map((item) => [KEYS[below(KEYS.length)]!, item]));
}

function pathIn(root: Json): Path {
  const path: (string | number)[] = [];
  let at: Json | undefined = root;
  while (typeof at === 'object' && at !== null && below(5) > 0) {
    const step: string | number = Array.isArray(at) ? below(3) : KEYS[below(KEYS.length)]!;
    path.push(step);
    at = (at as Record<string | number, Json>)[step];
  }
  return path;
}

describe('35: many paths in one record', () => {
  it('35: are the same as found one by one', () => {
    const tries = rounds({ small: 400, large: 40_000 });
    for (let i = 0; i < tries; i++) {
      const root = value(0);
      // Escapes in names, and duplicate names.
      const text = JSON.stringify(root).replaceAll('"a":', () => (below(2) > 0 ? '"\\u0061":' : '"a":'));
      const bytes = encode(text);
      const paths = Array.from({ length: 8 }, () => pathIn(root));
      expect(locateAll(bytes, paths)).toEqual(paths.map((path) => locate(bytes, path)));
      const places = paths.flatMap((path): Place[] => [
        { path, part: 'value', within: [below(4), 4 + below(4)] },
        { path, part: below(2) > 0 ? 'key' : 'value' },
      ]);
      expect(resolvePlaces(bytes, places)).toEqual(places.map((place) => resolvePlace(bytes, place)));
      const offsets = Array.from(
        { length: 5 },
        () => encode([...text].slice(0, below(text.length)).join('')).length,
      );
      for (const [offset, { character: units }] of positionsIn(bytes, offsets))
        expect(units).toBe(new TextDecoder().decode(bytes.subarray(0, offset)).length);
    }
    report('35 places', { records: tries });
  });

  // One pass over the record per path would take minutes.
  it('35: cost one pass over it', async () => {
    const count = 20_000;
    const steps = Array.from(
      { length: count },
      (_, i) => `step ${i} of the answer, which goes on for a while.<|im_end|>`,
    );
    const record = JSON.stringify({ prompt: 'Q', completions: steps, labels: steps.map(() => true) });
    const surveyor = new Surveyor();
    surveyor.add(raw(record));
    const { findings, facts, recognition } = surveyor.end();
    expect(recognition?.mapping.id).toBe('trl-stepwise');
    expect(findings.length).toBeGreaterThan(9000);
    const records = async function* (): AsyncGenerator<RawRecord & { lineEnd: number }> {
      yield await Promise.resolve({ ...raw(record), lineEnd: record.length });
    };
    const placed = await placeFindings(records, findings, facts, 'data.jsonl');
    expect(placed).toHaveLength(findings.length);
    for (const { range, column } of [placed[0]!, placed.at(-1)!]) {
      expect(record.slice(range.byteStart, range.byteEnd)).toBe('<|im_end|>');
      expect(column).toBe(range.byteStart + 1);
    }
    const replace = findings.flatMap((finding) => finding.replace ?? []);
    const plan = planEdit(recognition!.mapping, encode(record), JSON.parse(record) as JsonObject, undefined, {
      kind: 'replace',
      replace,
    });
    expect(plan.kind === 'edits' && plan.edits.length).toBe(replace.length);
  });

  it('35: mojibake is repaired some thousands at a time, and completely in the end', () => {
    const [broken, meant] = ['cafÃ© '.repeat(25_000), 'café '.repeat(25_000)];
    const record = raw(JSON.stringify({ prompt: 'Q', chosen: broken, rejected: 'no' }));
    const surveyor = new Surveyor();
    surveyor.add(record);
    const { findings, recognition } = surveyor.end();
    expect(findings.find(({ rule }) => rule === 'mojibake')?.replace).toHaveLength(10_000);
    const scope = { rules: new Set(['mojibake']), review: true };
    const fixed = fixRecord(record, recognition!.mapping, resolveRules([]), scope);
    const text = new TextDecoder().decode(fixed!.bytes!);
    expect((JSON.parse(text) as JsonObject).chosen === meant).toBe(true);
  });
});

describe('35: a document with one very long line', () => {
  const open: PlainClient[] = [];
  afterEach(() => {
    for (const client of open.splice(0)) client.connection.dispose();
  });

  it('35: is checked except for that line, which is reported', async () => {
    const client = memoryServer();
    open.push(client);
    await client.initialize({ settings: { scoreOnOpen: false } });
    const good = (i: number): string =>
      JSON.stringify({ prompt: `Q${i}`, chosen: `good ${i}`, rejected: `bad ${i}` });
    const long = JSON.stringify({ prompt: 'Q', chosen: 'Ã©tÃ© '.repeat(3_600_000), rejected: 'no' });
    const empty = JSON.stringify({ prompt: 'Last', chosen: '', rejected: 'no' });
    const uri = 'file:///long.jsonl';
    client.open(uri, `${[...Array(20).keys()].map(good).join('\n')}\n${long}\n${empty}\n`);
    const found = await client.diagnostics(uri, (list) => list.length >= 2);
    expect(found.map(({ code, range, message }) => [code, range.start, message])).toEqual([
      [
        'invalid-json',
        { line: 20, character: 0 },
        expect.stringContaining('The record is longer than 32 MiB and was skipped.'),
      ],
      ['empty-response', { line: 21, character: 26 }, expect.any(String)],
    ]);
    expect(await client.hover(uri, 3)).toContain('Not scored yet');
    expect(await client.codeActions(uri, 20)).toBeDefined();
    // Type a word at the end: the rest of the file stays the same.
    client.apply({
      documentChanges: [
        {
          textDocument: { uri, version: 1 },
          edits: [
            {
              range: { start: { line: 20, character: 10 }, end: { line: 20, character: 10 } },
              newText: 'x',
            },
          ],
        },
      ],
    });
    expect(await client.hover(uri, 3)).toContain('Not scored yet');
  });
});
