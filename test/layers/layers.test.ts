// Four guards enforce the directions of import: a compiler project per layer, lint rules, a neutral bundle of
// the core, and this test, which writes forbidden imports and expects each to be refused.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

import { checkTexts } from '../tools/types.mjs';
import { layerRules } from './rules.mjs';

const ROOT = join(import.meta.dirname, '..', '..');

const eslint = new ESLint({
  cwd: ROOT,
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.ts', '**/*.tsx'],
      languageOptions: { parser: tseslint.parser },
      plugins: { '@typescript-eslint': tseslint.plugin },
    },
    ...layerRules,
  ] as never,
});

const IMPORTS = '@typescript-eslint/no-restricted-imports';
const CALLS = 'layers/import-calls';

async function refusals(file: string, line: string, rule = IMPORTS): Promise<number> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: join(ROOT, file) });
  return result!.messages.filter(({ ruleId }) => ruleId === rule).length;
}

const call = (from: string): string => `void import('${from}');`;
const typeCall = (from: string): string => `export type Y = import('${from}').X;`;
const value = (from: string): string => `import { x } from '${from}'; x();`;
const type = (from: string): string => `import type { X } from '${from}'; export type Y = X;`;

/** Layer → what it may not import, values and types alike. */
const FORBIDDEN: Record<string, readonly string[]> = {
  'server/src/protocol/x.ts': [
    'node:fs',
    'fs',
    'vscode',
    '#node/files.ts',
    '#formats/lines.ts',
    '../node/files.ts',
    'commander',
  ],
  'server/src/core/x.ts': [
    'node:fs',
    'fs',
    'fs/promises',
    'vscode',
    'vscode-languageserver/node',
    'vscode-jsonrpc/node',
    '#protocol/editor/wire.ts',
    '#formats/lines.ts',
    '#node/files.ts',
    './node/x.ts',
    '../node/files.ts',
    '../../../client/src/extension.ts',
    'apache-arrow',
    'onnxruntime-node',
  ],
  'server/src/core/score/x.ts': ['../../node/files.ts', '../../protocol/scorer.ts', '../../lsp/server.ts'],
  'server/src/formats/x.ts': [
    'node:zlib',
    'zlib',
    'vscode',
    '#node/files.ts',
    '#protocol/scorer.ts',
    '../lsp/server.ts',
  ],
  'server/src/node/x.ts': [
    'vscode',
    'vscode-languageserver/node',
    '../scorer/loop.ts',
    '../lsp/server.ts',
    '../cli/main.ts',
    'onnxruntime-node',
    'commander',
  ],
  'server/src/scorer/x.ts': [
    'vscode',
    'vscode-languageserver/node',
    '../lsp/server.ts',
    '#node/files.ts',
    '#core/mapping/table.ts',
    '#formats/lines.ts',
    '../cli/main.ts',
    'onnxruntime-node',
  ],
  'server/src/session/x.ts': [
    'vscode',
    'vscode-languageserver/node',
    'vscode-jsonrpc/node',
    '../lsp/server.ts',
    '../scorer/loop.ts',
    '../cli/main.ts',
    'commander',
  ],
  'server/src/lsp/x.ts': [
    'vscode',
    '../scorer/loop.ts',
    '../cli/main.ts',
    '../../../client/src/extension.ts',
    'onnxruntime-node',
    'commander',
  ],
  'server/src/cli/x.ts': [
    'vscode',
    'vscode-languageserver/node',
    '../scorer/loop.ts',
    '../lsp/server.ts',
    'onnxruntime-node',
  ],
  'client/src/x.ts': [
    'vscode-languageserver/node',
    '#core/messages.ts',
    '#node/files.ts',
    '../../server/src/lsp/server.ts',
    '../../media/src/compare.ts',
    'onnxruntime-node',
  ],
  'media/src/view/x.ts': [
    'vscode',
    'node:fs',
    '#core/score/fit.ts',
    '#node/files.ts',
    '../../../client/src/extension.ts',
    'vscode-jsonrpc/node',
  ],
  'media/src/view/x.tsx': ['vscode', '#core/score/fit.ts'],
  'media/src/model/x.ts': ['#core/compare/wordDiff.ts', 'preact', 'vscode', 'node:path'],
};

/** Layer → what it may import only as types. */
const TYPES_ALONE: Record<string, readonly string[]> = {
  'server/src/protocol/x.ts': ['#core/score/fit.ts'],
  'client/src/x.ts': ['#protocol/editor/wire.ts'],
  'media/src/view/x.ts': ['#protocol/page/compare.ts'],
  'media/src/model/x.ts': ['#protocol/page/compare.ts'],
};

/** Layer → what it may import. */
const ALLOWED: Record<string, readonly string[]> = {
  'server/src/core/score/x.ts': ['./fit.ts', '../model/pair.ts', 'fast-myers-diff'],
  'server/src/formats/x.ts': ['#core/messages.ts', './lines.ts'],
  'server/src/node/x.ts': [
    '#core/messages.ts',
    '#protocol/scorer.ts',
    '#formats/lines.ts',
    'node:fs',
    'vscode-jsonrpc/node',
  ],
  'server/src/scorer/x.ts': [
    '#core/score/fit.ts',
    '#core/reward/encode.ts',
    '#protocol/scorer.ts',
    '#node/rpc.ts',
    './loop.ts',
    '@huggingface/tokenizers',
  ],
  'server/src/scorer/runtime.ts': ['onnxruntime-node'],
  'server/src/lsp/x.ts': [
    '#core/messages.ts',
    '#node/engine.ts',
    '#session/dataset.ts',
    'vscode-languageserver/node',
    './toLsp.ts',
  ],
  'server/src/session/x.ts': [
    '#core/messages.ts',
    '#node/engine.ts',
    '#protocol/editor/rows.ts',
    './dataset.ts',
  ],
  'server/src/cli/x.ts': ['#core/messages.ts', '#node/engine.ts', 'commander', './job.ts'],
  'client/src/x.ts': [
    '#core/channel/channel.ts',
    '#core/escape/escape.ts',
    'vscode',
    'vscode-languageclient/node',
    './server.ts',
  ],
  'media/src/x.ts': ['#core/channel/channel.ts'],
  'media/src/view/x.ts': ['#core/compare/wordDiff.ts', '../model/keys.ts', 'preact'],
};

const cases = (table: Record<string, readonly string[]>) =>
  Object.entries(table).flatMap(([file, imports]) => imports.map((from) => [file, from] as const));

describe('lint', () => {
  it.each([
    "process.stdout.write('x');",
    "process.stderr.write('x');",
    'const { stdout } = process; stdout.end();',
    "import { stderr } from 'node:process'; stderr.end();",
    "import { Console } from 'node:console'; export const x = new Console(y);",
    "console.log('x');",
    "globalThis.console.log('x');",
  ])('lets only the printer write to the terminal: %s', async (line) => {
    const said = async (file: string): Promise<number> =>
      (await eslint.lintText(`${line}\n`, { filePath: join(ROOT, file) }))[0]!.messages.length;
    expect(await said('server/src/cli/x.ts')).toBe(1);
    expect(await said('server/src/node/x.ts')).toBe(1);
  });

  it.each([
    "readFileSync('x', 'utf8');",
    "readFile('x');",
    "createReadStream('x');",
    "openSync('x', 'r');",
    "open('x');",
    "import * as fs from 'node:fs'; fs.readFileSync('x');",
    "import fs from 'node:fs/promises'; fs.readFile('x');",
  ])('lets only one module open files for reading: %s', async (line) => {
    const [result] = await eslint.lintText(`${line}\n`, { filePath: join(ROOT, 'server/src/node/x.ts') });
    expect(result!.messages.filter(({ ruleId }) => ruleId === 'no-restricted-syntax')).toHaveLength(1);
  });

  it.each([
    ['server/src/lsp/x.ts', 'connection.console.info(x);'],
    ['server/src/lsp/x.ts', 'connection.window.showErrorMessage(x);'],
    ['client/src/x.ts', 'vscode.window.showErrorMessage(x);'],
    ['client/src/x.ts', 'const { showWarningMessage } = vscode.window; showWarningMessage(x);'],
    ['client/src/x.ts', 'tooltip.isTrusted = true;'],
    ['client/src/x.ts', 'tooltip.supportHtml = true;'],
    ['media/src/view/x.tsx', 'body.innerHTML = text;'],
    ['media/src/view/x.tsx', 'export const x = <p dangerouslySetInnerHTML={{ __html: text }} />;'],
    ['media/src/x.ts', "h('p', { dangerouslySetInnerHTML: { __html: text } });"],
  ])('%s shows text only through its escaping module: %s', async (file, line) => {
    const [result] = await eslint.lintText(`${line}\n`, { filePath: join(ROOT, file) });
    expect(result!.messages).toHaveLength(1);
  });

  it.each(["Buffer.from('x');", 'export const x: Buffer = y;', 'process.exit();', 'setImmediate(x);'])(
    'knows nothing of Node in formats: %s',
    async (line) => {
      const [result] = await eslint.lintText(`${line}\n`, {
        filePath: join(ROOT, 'server/src/formats/x.ts'),
      });
      expect(result!.messages.map(({ message }) => message)).toEqual([
        expect.stringContaining('without Node'),
      ]);
    },
  );

  it.each(cases(FORBIDDEN))('%s may not import %s', async (file, from) => {
    expect(await refusals(file, value(from))).toBe(1);
    expect(await refusals(file, type(from))).toBe(1);
    expect(await refusals(file, call(from), CALLS)).toBe(1);
    expect(await refusals(file, typeCall(from), CALLS)).toBe(1);
  });

  it.each(cases(TYPES_ALONE))('%s may import only types from %s', async (file, from) => {
    expect(await refusals(file, value(from))).toBe(1);
    expect(await refusals(file, type(from))).toBe(0);
    expect(await refusals(file, call(from), CALLS)).toBe(1);
    expect(await refusals(file, typeCall(from), CALLS)).toBe(0);
  });

  it.each(cases(ALLOWED))('%s may import %s', async (file, from) => {
    expect(await refusals(file, value(from))).toBe(0);
    expect(await refusals(file, call(from), CALLS)).toBe(0);
  });

  it('refuses a path built at run time', async () => {
    expect(await refusals('server/src/cli/x.ts', 'void import(x);', CALLS)).toBe(1);
    expect(await refusals('server/src/cli/program.ts', 'void import(x);', CALLS)).toBe(0);
  });

  it('has a rule for every source folder', () => {
    const folders = readdirSync(join(ROOT, 'server', 'src')).map((name) => `server/src/${name}/**/*.ts`);
    const ruled = layerRules.flatMap(({ files }) => files as string[]);
    expect(ruled).toEqual(expect.arrayContaining([...folders, 'client/src/**/*.ts', 'media/src/**/*.ts']));
  });
});

describe('the compiler', () => {
  it.each([
    ['server/src/core', ['process.pid', 'Buffer.from("x")', 'document.title', 'setTimeout', 'console']],
    ['server/src/protocol', ['process.pid', 'document.title']],
    ['media', ['process.pid', 'Buffer.from("x")']],
  ])('does not know the globals of other environments in %s', (project, expressions) => {
    const folder = `${project}/${project === 'media' ? 'src/' : ''}scratch`;
    const files = expressions.map(
      (text, i) => [`${folder}/x${i}.ts`, `export const x = ${text};\n`] as const,
    );
    const report = checkTexts(ROOT, project, Object.fromEntries(files));
    expressions.forEach((_, i) => {
      expect(report).toMatch(new RegExp(`scratch/x${i}\\.ts\\(1,\\d+\\): error TS2(304|580|584|591)`));
    });
  });
});

describe.each(['core', 'formats'])('%s', (layer) => {
  it('bundles without a platform', async () => {
    const folder = join('server/src', layer);
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.d.ts'),
    );
    const built = await build({
      absWorkingDir: ROOT,
      entryPoints: files.map((file) => join(folder, file)),
      bundle: true,
      write: false,
      outdir: 'out',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
    expect(built.errors).toEqual([]);
  });
});

describe('duplicated facts', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    contributes: {
      configuration: { properties: Record<string, { default: unknown }> };
      commands: { command: string }[];
    };
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };

  it('settings of the manifest are those of the server, with the same defaults', async () => {
    const { DEFAULTS } = await import('#session/settings.ts');
    const declared = Object.fromEntries(
      Object.entries(manifest.contributes.configuration.properties).map(([name, { default: given }]) => [
        name.replace('preflens.', ''),
        given,
      ]),
    );
    expect(declared).toEqual(DEFAULTS);
  });

  it('commands of the manifest are registered', () => {
    const folder = join(ROOT, 'client', 'src', 'commands');
    const source = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    for (const { command } of manifest.contributes.commands) expect(source).toContain(`'${command}'`);
  });

  it('versions are exact, and each dependency has its reason in ARCHITECTURE.md', () => {
    const architecture = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
      expect(architecture).toContain(`\`${name}\``);
    }
  });
});
