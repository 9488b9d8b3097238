// The rooms of the code: every file is in one, imports run down, and there is no circle.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

import type { Arrows } from './graph.ts';
import { arrowsOf, graphText, reduced, risingArrows, withGraph } from './graph.ts';
import { findCircles, importedNames, readImports, ROOT } from './imports.ts';
import { MADE_PATHS, roomOf, roomRules, ROOMS } from './rooms.mjs';

const imports = readImports();

const graphOf = (arrows: Record<string, readonly string[]>): Map<string, readonly string[]> =>
  new Map(Object.entries(arrows));

describe('imports', () => {
  it('are found in every spelling', () => {
    const text = [
      "import { a } from './a.ts'; import type { B } from './b.ts'; import './c.ts';",
      "export { d } from './d.ts'; export type * from './e.ts';",
      "const f = await import('./f.ts'); type G = import('./g.ts').G;",
      "const none = './h.ts'; // import('./i.ts')",
    ].join('\n');
    expect(importedNames(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `./${name}.ts`));
  });

  it('name existing files', () => {
    const missing = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => !imports.has(target)).map((target) => `${file} → ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('in a circle are found, with the shortest path', () => {
    const imports = graphOf({ a: ['b'], b: ['c', 'd'], c: ['a'], d: ['b'], e: ['a', 'f'], f: [], g: ['g'] });
    expect(findCircles(imports)).toEqual([
      ['b', 'd', 'b'],
      ['g', 'g'],
    ]);
  });

  it('form no circle, types included', () => {
    expect(findCircles(imports).map((way) => way.join(' → '))).toEqual([]);
  });
});

describe('rooms', () => {
  it('contain every file', () => {
    expect([...imports.keys()].filter((file) => !roomOf(file))).toEqual([]);
  });

  it('may only import rooms earlier in the list', () => {
    const names = ROOMS.map(({ name }) => name);
    const wrong = ROOMS.flatMap(({ name, may }, i) =>
      may
        .filter((other: string) => !names.slice(0, i).includes(other))
        .map((other: string) => `${name} → ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it('have no arrow that points up', () => {
    expect(risingArrows(arrowsOf(imports))).toEqual([]);
  });

  it('are in ARCHITECTURE.md as they are: npm run graph', () => {
    const architecture = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    expect(architecture).toBe(withGraph(architecture, graphText(imports)));
  });

  it('are drawn without arrows that a longer path implies', () => {
    const arrows: Arrows = new Map([
      ['a', new Set<string>()],
      ['b', new Set(['a'])],
      ['c', new Set(['a', 'b'])],
    ]);
    expect([...reduced(arrows).get('c')!]).toEqual(['b']);
  });
});

describe('lint', () => {
  const linter = new Linter({ cwd: ROOT });
  const config = [
    { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
    roomRules,
  ] as unknown as Linter.Config[];
  const refusals = (file: string, text: string): readonly string[] =>
    linter
      .verify(text, config, { filename: join(ROOT, file) })
      .map(({ message, ruleId }) => (ruleId === 'layers/rooms' ? ruleId : message));

  /** A file name in this room. */
  const fileIn = (at: string): string => (at.endsWith('/') ? `${at}x.ts` : at);
  const serverRooms = ROOMS.filter(({ at }) => at[0]?.startsWith('server/'));

  it.each(serverRooms.map(({ name }) => name))(
    'refuses what %s may not import, in every spelling',
    (name) => {
      const own = ROOMS.find((room) => room.name === name)!;
      const file = fileIn(own.at.find((at: string) => !at.endsWith('.ts')) ?? own.at[0]!);
      const wrong: string[] = [];
      for (const other of serverRooms) {
        if (other === own) continue;
        const from = `#${fileIn(other.at[0]!).slice('server/src/'.length)}`;
        const text = [
          `import { x } from '${from}'; import type { Y } from '${from}';`,
          `export { z } from '${from}'; void import('${from}');`,
          `export type Z = import('${from}').Z;`,
        ].join('\n');
        const expected = own.may.includes(other.name) ? 0 : 5;
        const found = refusals(file, text);
        if (found.length !== expected) wrong.push(`${file} ← ${from}: ${found.join()}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it.each([
    ['server/src/core/checks/text/x.ts', '../../dataset/survey.ts', 1],
    ['server/src/core/checks/text/x.ts', '../../mapping/field.ts', 0],
    ['server/src/core/checks/text/x.ts', '../check.ts', 0],
    ['server/src/core/mapping/x.ts', '../checks/examine.ts', 1],
    ['server/src/node/save.ts', './files.ts', 1],
    ['server/src/cli/x.ts', '../session/dataset.ts', 1],
    ['server/src/session/x.ts', '../lsp/server.ts', 1],
    ['client/src/x.ts', '#session/dataset.ts', 1],
    ['media/src/model/x.ts', '../view/pair.ts', 1],
  ])('%s, import of %s: %i refused', (file, from, count) => {
    expect(refusals(file, `import type { X } from '${from}'; export type Y = X;`)).toHaveLength(count);
  });

  it('knows the files that may import a path built at run time', () => {
    expect(Object.keys(MADE_PATHS).filter((file) => !imports.has(file))).toEqual([]);
  });
});
