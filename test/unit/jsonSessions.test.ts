// JSON documents in the editor: incremental surveys, places, edits of the text, pending edits of large files.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';

import { toDiagnostics } from '../../server/src/lsp/toLsp.ts';
import { documentOf } from '../fakes/documents.ts';
import { goodRecord } from '../fakes/files.ts';
import { chosen, flip, sessionsIn, URI } from '../fakes/openSessions.ts';
import { decode } from '../fakes/records.ts';

const { folder, newHost, ofText, ofFile } = sessionsIn('json-sessions');

const values = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({
    prompt: `q${i}`,
    chosen: `better ${i}`,
    rejected: `worse ${i}`,
  }));

describe('a JSON document in an editor', () => {
  it('is after each change as if it were read from the start', async () => {
    const random = seededRandom(8);
    for (let round = 0; round < 25; round++) {
      const { text } = documentOf(values(6), random);
      const { session, host } = await ofText([text]);
      expect(session.state.phase).toBe('unscored');
      for (let step = 0; step < 8; step++) {
        const document = session.source.document!;
        const now = decode(document.bytes);
        const at = Math.floor(random() * now.length);
        const [start, end] = [at, Math.min(now.length, at + Math.floor(random() * 6))].map((unit) => {
          const before = now.slice(0, unit).split('\n');
          return { line: before.length - 1, character: before.at(-1)!.length };
        });
        const added = ['x', '"', '{', '},', '\n', ',', ' ', `,${goodRecord(50 + step)}`][
          Math.floor(random() * 8)
        ]!;
        host.sessions.changeDocument(
          URI,
          [{ range: { start: start!, end: end! }, text: added }],
          document.version + 1,
        );
        session.update();
        const { facts, findings } = session.dataset.survey;
        const plain = (one: typeof facts): unknown =>
          Array.from({ length: one.recordCount }, (_, i) => [
            one.records.line[i],
            one.records.byteStart[i],
            one.records.byteEnd[i],
            one.pairsOf(i),
          ]);
        const carried = [plain(facts), findings];
        host.sessions.changeDocument(URI, [{ text: decode(document.bytes) }], document.version + 1);
        session.update();
        expect([plain(session.dataset.survey.facts), session.dataset.survey.findings]).toEqual(carried);
      }
      host.sessions.closeAll();
    }
  });

  it('is edited in place: a flip, a tie of values that span lines, a drop with its comma', async () => {
    const list = JSON.stringify(values(3), null, 2);
    const { session, text } = await ofText([list]);
    const now = (): unknown => JSON.parse(text().join('\n'));
    await flip(session, 1);
    session.update();
    expect(text().join('\n')).toBe(
      list.replace('better 1', '-').replace('worse 1', 'better 1').replace('-', 'worse 1'),
    );
    for (const [record, left] of [
      [2, 2],
      [0, 1],
      [0, 0],
    ] as const) {
      const outcome = await session.edit({ uri: URI, record }, { kind: 'drop' });
      session.update();
      expect(outcome.ok).toBe(true);
      expect(now()).toHaveLength(left);
    }
  });

  it('has its findings and its records at their places, several on a line', async () => {
    const one = goodRecord(1);
    const { session } = await ofText([
      `[${goodRecord(0)}, {"prompt":"𝄞","chosen":"a","rejected":"a"},`,
      ` ${one},]`,
    ]);
    const places = toDiagnostics(session.dataset, undefined).map(({ code, range: { start } }) => [
      code,
      start.line,
      start.character,
    ]);
    const first = goodRecord(0).length;
    expect(places).toEqual([
      ['identical-pair', 0, first + 3 + '{"prompt":"𝄞","chosen":"a","rejected":'.length],
      ['invalid-json', 1, 1 + one.length],
    ]);
    const at = (line: number, character: number): number => session.dataset.recordAt({ line, character });
    expect([at(0, 3), at(0, first + 5), at(1, 4)]).toEqual([0, 1, 2]);
    const outcome = await session.edit({ uri: URI, record: 2 }, { kind: 'drop' });
    expect(outcome).toMatchObject({
      ok: false,
      why: expect.stringContaining('commas beside it are wrong') as string,
    });
  });

  it('is left alone where it is no dataset', async () => {
    const host = newHost();
    const write = (name: string, value: unknown): string =>
      pathToFileURL(
        folder.write(name, typeof value === 'string' ? value : JSON.stringify(value, null, 2)),
      ).toString();
    const others = [
      write('package.json', { name: 'x', scripts: { a: 'b' }, files: [{ prompt: 'a' }] }),
      write('dataset_info.json', {
        dpo: { file_name: 'dpo.json', ranking: true, columns: { chosen: 'chosen' } },
      }),
      write('map.geojson.json', {
        type: 'FeatureCollection',
        features: [{ type: 'Feature', properties: {} }],
      }),
      write('notebook.json', { cells: [{ cell_type: 'code', source: [] }], metadata: {} }),
      write('list.json', [1, 2, 3]),
      write('broken.json', '{'),
      write('empty.json', ''),
    ];
    for (const uri of others) {
      expect(await host.sessions.glance(uri), uri).not.toHaveProperty('schema');
      host.sessions.openDocument(uri, 1, readFileSync(new URL(uri), 'utf8'));
      expect(host.sessions.get(uri)).toBeUndefined();
    }
    const list = write('dpo.json', values(2));
    const trl = { schema: 'TRL explicit prompt' };
    expect(await host.sessions.glance(list)).toEqual(trl);
    expect(await host.sessions.glance(write('under.json', { data: values(2) }))).toEqual(trl);
    host.sessions.openDocument(list, 1, readFileSync(new URL(list), 'utf8'));
    expect(host.sessions.get(list)).toBeDefined();
    expect(host.statuses.map(({ uri }) => uri)).toEqual([list]);
  });
});

describe('a glance at a file that is not open', () => {
  const glanceAt = async (name: string, text: string): Promise<unknown> =>
    newHost().sessions.glance(pathToFileURL(folder.write(name, text)).toString());

  it('names the schema of a table', async () => {
    const table = 'prompt,chosen,rejected\nWhy?,"So, that.",No.\nHow?,Well.,Badly.\n';
    expect(await glanceAt('pairs.csv', table)).toEqual({ schema: 'TRL explicit prompt' });
  });

  it('says what a file that resembles a dataset lacks', async () => {
    const near = [
      { prompt: 'Why?', chosen: 'So.' },
      { prompt: 'How?', chosen: 'Well.' },
    ];
    expect(await glanceAt('near.json', JSON.stringify(near))).toEqual({
      why: expect.stringContaining('lack "rejected"') as string,
    });
  });

  it.each([
    ['cities.csv', 'city,people\nOslo,700000\nRome,2800000\n'],
    ['cities.json', JSON.stringify([{ city: 'Oslo', people: 700_000 }])],
    ['empty.csv', ''],
    ['broken.json', '[{"city":'],
  ])('says nothing of %s', async (name, text) => {
    expect(await glanceAt(name, text)).toEqual({});
  });
});

describe('a JSON document on disk', () => {
  it('keeps pending edits, and saves them with the layout of the rest', async () => {
    const list = `${JSON.stringify(values(5), null, 2)}\n`;
    for (const dropped of [[0], [2], [4], [3, 4], [0, 1, 2, 3, 4]]) {
      const { session, uri, lines } = await ofFile(`pending-${dropped.join('')}.json`, list);
      await flip(session, 1);
      for (const record of dropped) await session.edit({ uri, record }, { kind: 'drop' });
      expect(await session.save(new AbortController().signal)).toBe(new Set([1, ...dropped]).size);
      const left = [0, 1, 2, 3, 4].filter((record) => !dropped.includes(record));
      const saved = lines().join('\n');
      expect((JSON.parse(saved) as { prompt: string }[]).map(({ prompt }) => prompt)).toEqual(
        left.map((i) => `q${i}`),
      );
      if (left.length > 0) {
        expect(saved.replaceAll(/better|worse/g, '')).toBe(
          `${JSON.stringify(
            left.map((i) => values(5)[i]),
            null,
            2,
          )}\n`.replaceAll(/better|worse/g, ''),
        );
        session.update();
        const place = left.indexOf(1);
        if (place >= 0) expect(chosen(session, place)).toBe('worse 1');
        const { line } = session.dataset.survey.facts.records;
        expect(left.map((_, i) => line[i])).toEqual(left.map((_, i) => 1 + 5 * i));
      }
    }
  });
});
