// Entries that PrefLens adds to a preflens.json: everything else in the file stays as it is.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { parseConfigText, withEntry, withRuleOff } from '#core/config/entry.ts';
import { fitsPattern, patternOf } from '#core/config/pattern.ts';
import type { JsonObject } from '#core/model/json.ts';
import { seededRandom } from '#core/score/random.ts';
import { addMapping } from '#node/addEntry.ts';
import { configuredMapping } from '#node/config.ts';

import { below, pick } from '../fakes/tables.ts';

const ENTRY = { files: 'a.jsonl', prompt: 'q', chosen: 'good', rejected: 'bad' };

const TEXTS: Readonly<Record<string, readonly [text: string, made: string]>> = {
  'no file': ['', '{\n  "mappings": [\n    ENTRY\n  ]\n}\n'],
  'an empty object': ['{}', '{\n  "mappings": [\n    ENTRY\n  ]\n}'],
  'other settings': [
    '{\n  "rules": {} // all\n}\n',
    '{\n  "mappings": [\n    ENTRY\n  ],\n  "rules": {} // all\n}\n',
  ],
  'a schema': [
    '{\r\n\t"$schema": "s",\r\n\t"run": "save"\r\n}',
    '{\r\n\t"$schema": "s",\r\n\t"mappings": [\r\n\t\tENTRY\r\n\t],\r\n\t"run": "save"\r\n}',
  ],
  'an empty list': ['{"mappings": []}', '{"mappings": [\n    ENTRY\n  ]}'],
  'a list on one line': ['{"mappings": [{"files":"b"}]}', '{"mappings": [ENTRY, {"files":"b"}]}'],
  'comments and commas': [
    '\ufeff{ // ünï 😀\n  "mappings": [ // mine\n    { "files": "b" }, /* "mappings": [ */\n  ],\n}\n',
    '\ufeff{ // ünï 😀\n  "mappings": [\n    ENTRY, // mine\n    { "files": "b" }, /* "mappings": [ */\n  ],\n}\n',
  ],
};

describe('an entry', () => {
  const spelt = '{ "files": "a.jsonl", "prompt": "q", "chosen": "good", "rejected": "bad" }';
  it.each(Object.keys(TEXTS))('goes first into its list: %s', (name) => {
    const [text, made] = TEXTS[name]!;
    expect(withEntry(text, 'mappings', ENTRY)).toBe(made.replace('ENTRY', spelt));
  });

  it.each(['[]', '{', '{"mappings": {}}', '{"mappings": null}', '{"mappings": "b", }', '{} {}'])(
    'has no place in %s',
    (text) => {
      expect(withEntry(text, 'mappings', ENTRY)).toBeUndefined();
    },
  );

  it('takes no byte of any text away, and all other settings read as before', () => {
    const random = seededRandom(5);
    const gap = (): string =>
      pick(random, ['', ' ', '\n', '\r\n  ', '/* [{,:"}] */', ' // "mappings": [\n', '\t']);
    const value = (): string =>
      pick(random, ['1', '"a // b"', '[ ]', '{"mappings": [1]}', '"\\"/*"', 'true', '"ü😀"']);
    for (let round = 0; round < 500; round++) {
      const names = ['"$schema"', '"rules"', '"mappings"', '"run"'].filter(() => random() < 0.5);
      const fields = names.map((name) => {
        const items = Array.from({ length: below(random, 3) }, () => gap() + value() + gap());
        const own = name === '"mappings"' ? `[${gap()}${items.join(',')}${gap()}]` : value();
        return `${gap()}${name}${gap()}:${gap()}${own}${gap()}`;
      });
      const comma = fields.length > 0 && random() < 0.3 ? `,${gap()}` : '';
      const text = `${gap()}{${fields.join(',')}${comma}${gap()}}${gap()}`;
      const made = withEntry(text, 'mappings', ENTRY);
      const before = parseConfigText(text) as JsonObject;
      const list = (before.mappings ?? []) as unknown[];
      expect(made, text).toBeDefined();
      expect(parseConfigText(made!)).toEqual({ ...before, mappings: [ENTRY, ...list] });
      // One piece was put in; the rest is the old text.
      let start = 0;
      while (start < text.length && text[start] === made![start]) start++;
      let end = 0;
      while (end < text.length - start && text.at(-1 - end) === made!.at(-1 - end)) end++;
      expect(start + end, `${text}\n${made}`).toBe(text.length);
    }
  });
});

describe('on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preflens-entry-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(['plain.jsonl', 'a [1]{b,c}*.jsonl', '!not(this).jsonl', 'back\\slash.jsonl'])(
    'the mapping of %s fits this file alone, and a second one comes first',
    async (name) => {
      const file = join(folder, name);
      const path = await addMapping(file, { chosen: 'good', rejected: 'bad' });
      expect(path).toBe(join(folder, 'preflens.json'));
      expect(configuredMapping(file)?.polarity).toContain('"good"');
      await addMapping(file, { chosen: 'bad', rejected: 'good' });
      expect(configuredMapping(file)?.polarity).toContain('"bad"');
      expect(configuredMapping(join(folder, 'other.jsonl'))).toBeUndefined();
      expect(fitsPattern(patternOf(name), name)).toBe(true);
    },
  );

  it('is refused, and the file stays, if the text has another form', async () => {
    const path = join(folder, 'preflens.json');
    writeFileSync(path, '{"run": "save", "mappings": [], "mappings": []}');
    await addMapping(join(folder, 'x.jsonl'), { chosen: 'a', rejected: 'b' });
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    writeFileSync(path, bytes);
    await expect(addMapping(join(folder, 'x.jsonl'), { chosen: 'a', rejected: 'b' })).rejects.toThrow(
      /preflens.json/,
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe('a rule that is turned off', () => {
  const OVERRIDE = '{ "files": "a.jsonl", "rules": { "mojibake": "off" } }';
  it.each([
    ['', '{\n  "rules": {\n    "mojibake": "off"\n  }\n}\n'],
    ['{"rules": {}}', '{"rules": {\n    "mojibake": "off"\n  }}'],
    ['{"rules": {"secret": "off"}}', '{"rules": {"mojibake": "off", "secret": "off"}}'],
    ['{"rules": {"mojibake": "error"}} // all', '{"rules": {"mojibake": "off"}} // all'],
    ['{"rules": {"mojibake": ["error", {}]}}', '{"rules": {"mojibake": ["off", {}]}}'],
    ['{"rules": []}', undefined],
    ['[]', undefined],
  ])('everywhere, in %j', (text, made) => {
    expect(withRuleOff(text, 'mojibake')).toBe(made);
  });

  it.each([
    ['', `{\n  "overrides": [\n    ${OVERRIDE}\n  ]\n}\n`],
    ['{"overrides": []}', `{"overrides": [\n    ${OVERRIDE}\n  ]}`],
    [
      '{\n  "overrides": [\n    { "files": "*", "rules": {} }, // all\n  ],\n}',
      `{\n  "overrides": [\n    { "files": "*", "rules": {} },\n    ${OVERRIDE}, // all\n  ],\n}`,
    ],
    [
      '{"overrides": [{"files": "a.jsonl", "rules": {"secret": "off"}}]}',
      '{"overrides": [{"files": "a.jsonl", "rules": {"mojibake": "off", "secret": "off"}}]}',
    ],
    ['{"overrides": {}}', undefined],
  ])('for one file, after all other overrides, in %j', (text, made) => {
    expect(withRuleOff(text, 'mojibake', 'a.jsonl')).toBe(made);
  });
});
