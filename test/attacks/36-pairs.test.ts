// A record with several pairs: editor, command line, findings and decisions use the same name for the same
// pair.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import type { TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

import type { Edit } from '#core/edits/edit.ts';
import { keyOfPair, pairAgain } from '#core/edits/pairEdit.ts';
import { findingKey } from '#core/memory/keys.ts';
import type { Json } from '#core/model/json.ts';
import { seededRandom } from '#core/score/random.ts';
import type { FileEdit } from '#node/apply.ts';
import { changesOf } from '#node/apply.ts';
import { DEFAULT_SETTINGS } from '#node/config.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openFile } from '#node/files.ts';
import { OpenDataset } from '#session/dataset.ts';
import { OpenDocument } from '#session/document.ts';
import { editOf } from '#session/planEdit.ts';
import { DocumentSource } from '#session/sources/document.ts';
import { recordViewOf } from '#session/views/pair.ts';

import { codeActionsOf } from '../../server/src/lsp/actions.ts';
import { toWorkspaceEdit } from '../../server/src/lsp/toLsp.ts';
import { never, testFolder } from '../fakes/files.ts';
import { decode } from '../fakes/records.ts';
import { spell } from '../fakes/spell.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('pairs');
const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'mappings');
const URI = 'file:///data/pairs.jsonl';

async function open(text: string): Promise<OpenDataset> {
  const dataset = new OpenDataset(new DocumentSource(new OpenDocument(URI, 1, text)));
  await dataset.surveyAll(DEFAULT_SETTINGS, never);
  return dataset;
}

interface Opened {
  readonly name: string;
  readonly text: string;
  readonly dataset: OpenDataset;
  readonly file: DataFile;
}

async function openBoth(name: string, text: string): Promise<Opened> {
  const file = await openFile(folder.write(`${name}.jsonl`, text));
  return { name, text, dataset: await open(text), file };
}

function spelledAnew(line: string, random: () => number): string {
  try {
    // The reference document treats a lone CR as a line end.
    return spell(JSON.parse(line) as Json, random).replaceAll('\r', '');
  } catch {
    return line;
  }
}

/** Fixtures with several pairs in a record, as they are and respelled. */
async function severalPairs(spellings: number): Promise<Opened[]> {
  const random = seededRandom(36);
  const all: Opened[] = [];
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl'))) {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    const { facts } = (await open(text)).survey;
    const hasSeveral = Array.from({ length: facts.recordCount }, (_, record) => facts.pairsOf(record)).some(
      ([from, to]) => to - from > 1,
    );
    if (!hasSeveral) continue;
    all.push(await openBoth(name, text));
    for (let i = 0; i < spellings; i++) {
      const lines = text.split('\n').map((line) => spelledAnew(line, random));
      all.push(await openBoth(`${name}-${i}`, lines.join('\n')));
    }
  }
  return all;
}

type Ref = Parameters<typeof editOf>[1];

/** The line of a record after an edit in the editor; undefined if nothing changes. */
function inEditor({ dataset, text }: Pick<Opened, 'dataset' | 'text'>, ref: Ref, edit: Edit) {
  const outcome = editOf(dataset, ref, edit);
  if (!outcome || 'refused' in outcome) return undefined;
  const [change] = toWorkspaceEdit(dataset, [outcome]).documentChanges!;
  const document = TextDocument.create(URI, 'jsonl', 1, text);
  const whole = TextDocument.applyEdits(document, (change as { edits: TextEdit[] }).edits);
  const line = whole.split('\n')[dataset.survey.facts.records.line[ref.record]!]!;
  // The dataset editor's result of the same edit.
  expect(decode(outcome.bytes!)).toBe(line.replace(/\r$/, '').replace(/^\ufeff/, ''));
  return { whole, line: decode(outcome.bytes!), after: outcome.after };
}

/** The same with `apply`. */
async function byApply({ file, dataset }: Opened, edits: readonly FileEdit[]): Promise<string | undefined> {
  const changes = await changesOf(file, dataset.survey.recognition!, edits).catch(() => []);
  const [change] = changes;
  return change?.bytes ? decode(change.bytes) : undefined;
}

const FLIP = { kind: 'flip' } as const;
const EDITS: readonly Edit[] = [FLIP, { kind: 'tie' }];

describe('36: several pairs in a record', () => {
  it('36: every pair is the same by number, by key, in the editor and by apply; two flips restore the bytes', async () => {
    const counts = { pairs: 0, edits: 0, refused: 0 };
    const schemas = new Set<string>();
    for (const opened of await severalPairs(rounds({ small: 2, large: 60 }))) {
      const { dataset, name } = opened;
      const { facts, recognition } = dataset.survey;
      schemas.add(recognition!.mapping.id);
      for (let record = 0; record < facts.recordCount; record++) {
        const [from, to] = facts.pairsOf(record);
        const keys = (dataset.readRecord(record)?.pairs ?? []).map(keyOfPair);
        expect(keys.length, name).toBe(to - from);
        for (const [pair, key] of keys.entries()) {
          counts.pairs++;
          const finding = { record, pair } as Parameters<typeof findingKey>[0];
          expect(findingKey(finding, facts, new Uint8Array(0), ''), name).toBe(key);
          const view = recordViewOf(
            { dataset, state: { phase: 'unscored' } },
            { uri: URI, record, pair, step: 'here' },
          );
          expect('pairKey' in view && view.pairKey, name).toBe(key);
          const isOnly = keys.indexOf(key) === keys.lastIndexOf(key);
          for (const edit of EDITS) {
            const where = `${name}, record ${record}, pair ${pair}, ${edit.kind}`;
            const here = inEditor(opened, { record, pair }, edit);
            counts[here ? 'edits' : 'refused']++;
            expect(await byApply(opened, [{ record, pair, edit }]), where).toBe(here?.line);
            expect(await byApply(opened, [{ record, pair, pairKey: key, edit }]), where).toBe(here?.line);
            if (isOnly) {
              expect(inEditor(opened, { record, pairKey: key }, edit)?.line, where).toBe(here?.line);
              expect(await byApply(opened, [{ record, pairKey: key, edit }]), where).toBe(here?.line);
            }
            if (pair === 0) expect(inEditor(opened, { record }, edit)?.line, where).toBe(here?.line);
            if (!here || edit.kind !== 'flip') continue;
            // The flip hits the named pair, whatever its number is by then.
            const before = dataset.readPair(record, pair)!.pair;
            const then = await open(here.whole);
            const after = then.readPair(record, here.after.pair!)!.pair;
            // Flipping a tie swaps two spellings of the same rank: its first answer stays first.
            const turned = before.isTie ? before : { chosen: before.rejected, rejected: before.chosen };
            expect([after.chosen.text, after.rejected.text], where).toEqual([
              turned.chosen.text,
              turned.rejected.text,
            ]);
            expect(inEditor({ dataset: then, text: here.whole }, here.after, FLIP)?.whole, where).toBe(
              opened.text,
            );
            const twice = [FLIP, FLIP].map((one) => ({ record, pair, edit: one }));
            expect(await byApply(opened, twice), where).toBeUndefined();
          }
        }
      }
    }
    report('36-pairs', { schemas: schemas.size, ...counts });
    expect(schemas.size).toBeGreaterThan(8);
    expect(counts.edits).toBeGreaterThan(100);
  });

  it('36: an edit list refers to the pairs as the file holds them, and reports every edit that it skips', async () => {
    // The label names only the best answer: flipping one pair renumbers the others.
    let [followed, parted] = [0, 0];
    for (const opened of await severalPairs(0)) {
      const { dataset, name } = opened;
      const { facts } = dataset.survey;
      for (let record = 0; record < facts.recordCount; record++) {
        const pairs = dataset.readRecord(record)?.pairs ?? [];
        const keys = pairs.map(keyOfPair);
        for (const [first, second] of pairs.flatMap((_, a) => pairs.map((__, b) => [a, b] as const))) {
          if (first === second || new Set(keys).size < keys.length) continue;
          const one = inEditor(opened, { record, pair: first }, FLIP);
          if (!one) continue;
          const then = { dataset: await open(one.whole), text: one.whole };
          const two = inEditor(then, { record, pairKey: keys[second]! }, FLIP);
          const listed = await byApply(opened, [
            { record, pair: first, edit: FLIP },
            { record, pair: second, edit: FLIP },
          ]);
          const where = `${name}, record ${record}, pairs ${first} and ${second}`;
          if (pairAgain(then.dataset.readRecord(record)!.pairs, pairs[second]!) < 0) {
            parted++;
            expect(listed, where).toBeUndefined();
          }
          // If the first flip changed the prompt, the second pair has a new key that only the list knows.
          if (!two) continue;
          followed++;
          expect(listed, where).toBe(two.whole === opened.text ? undefined : two.line);
        }
      }
    }
    expect(followed).toBeGreaterThan(20);
    expect(parted).toBeGreaterThan(3);
  });

  it('36: the editor also refuses an edit of a pair that has since become another one', async () => {
    const text =
      '{"prompt":"q","answers":[{"answer":"a","rank":2},{"answer":"b","rank":1},{"answer":"c","rank":3}]}\n';
    const dataset = await open(text);
    const keys = dataset.readRecord(0)!.pairs.map(keyOfPair);
    expect(editOf(dataset, { record: 0, pair: 1, pairKey: keys[2]! }, FLIP)).toEqual({
      refused: `The pair here is not ${keys[2]!}.`,
    });
    expect(editOf(dataset, { record: 0, pair: 2, pairKey: keys[2]! }, FLIP)).toHaveProperty('bytes');
  });

  it('36: an action of the editor says which of several pairs it is about', async () => {
    const marked = JSON.stringify('c\n\nHuman: and now?');
    const text = `{"prompt":"q","answers":[{"answer":"a","rank":2},{"answer":"b","rank":1},{"answer":${marked},"rank":3}]}\n`;
    const dataset = await open(text);
    const start = { line: 0, character: 3 };
    const actions = codeActionsOf(
      dataset,
      { range: { start, end: start }, context: { diagnostics: [] } },
      {},
    );
    const flip = actions.find(({ title }) => title.startsWith('Flip'))!;
    const pair = dataset.findings[0]!.pair!;
    expect(pair).toBeGreaterThan(0);
    expect(flip.title).toBe('Flip chosen and rejected (answer 1 over answer 3)');
    const document = TextDocument.create(URI, 'jsonl', 1, text);
    const [change] = flip.edit!.documentChanges!;
    expect(TextDocument.applyEdits(document, (change as { edits: TextEdit[] }).edits)).toBe(
      inEditor({ dataset, text }, { record: 0, pair }, FLIP)?.whole,
    );
  });
});
