// There is one way to write files: this test tries the others and expects each to be refused.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

import { MAY_WRITE, oneWayToWrite } from './writes.mjs';

const ROOT = join(import.meta.dirname, '..', '..');

const eslint = new ESLint({
  cwd: ROOT,
  overrideConfigFile: true,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
    oneWayToWrite,
  ] as never,
});

async function refusals(file: string, text: string): Promise<number> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: join(ROOT, file) });
  return result!.messages.filter(({ ruleId }) => ruleId === 'preflens/one-way-to-write').length;
}

const PLACES = ['server/src/node/x.ts', 'server/src/cli/x.ts', 'server/src/lsp/x.ts', 'client/src/x.ts'];

const FORBIDDEN = [
  `import { writeFile } from 'node:fs/promises'; void writeFile('x', '');`,
  `import { writeFileSync as put } from 'node:fs'; put('x', '');`,
  `import { createWriteStream } from 'fs'; createWriteStream('x');`,
  `import { appendFileSync } from 'node:fs'; appendFileSync('x', '');`,
  `import { copyFile, constants } from 'node:fs/promises'; void copyFile('x', 'y', constants.COPYFILE_EXCL);`,
  `import { rename } from 'fs/promises'; void rename('x', 'y');`,
  `import { symlinkSync, readFileSync } from 'node:fs'; symlinkSync('x', String(readFileSync('y')));`,
  `import { truncate } from 'node:fs/promises'; void truncate('x');`,
  `import * as fs from 'node:fs'; fs.writeFileSync('x', '');`,
  `import fs from 'node:fs'; fs.writeFileSync('x', '');`,
  `import { promises } from 'node:fs'; void promises.writeFile('x', '');`,
  `import { open } from 'node:fs/promises'; void open('x', 'w');`,
  `import { openSync, constants } from 'node:fs'; openSync('x', constants.O_WRONLY);`,
  `void import('node:fs').then((fs) => { fs.writeFileSync('x', ''); });`,
  `export { writeFileSync } from 'node:fs';`,
  `export * from 'node:fs';`,
  `process.getBuiltinModule('node:fs').writeFileSync('x', '');`,
  `void vscode.workspace.fs.writeFile(uri, bytes);`,
];

const ALLOWED = [
  `import { readFile, stat, mkdir, rm } from 'node:fs/promises'; void [readFile, stat, mkdir, rm];`,
  `import type { Stats, WriteStream } from 'node:fs'; export type X = Stats | WriteStream;`,
  `import { type FileHandle, open } from 'node:fs/promises'; export const x: Promise<FileHandle> = open('x');`,
  `import { openSync } from 'node:fs'; openSync('x', 'r');`,
  `import { writeWhole } from '#node/write.ts'; void writeWhole('x', '');`,
  `void vscode.workspace.fs.readFile(uri);`,
  `const open = (a: string, b: string): string => a + b; open('x', 'w');`,
];

describe('28: the one way to write', () => {
  it.each(FORBIDDEN)('28: refuses %s', async (text) => {
    for (const place of PLACES) expect([place, await refusals(place, text)]).toEqual([place, 1]);
  });

  it.each(ALLOWED)('28: leaves %s', async (text) => {
    for (const place of PLACES) expect([place, await refusals(place, text)]).toEqual([place, 0]);
  });

  it('28: has exceptions only for existing files, each with its reason', () => {
    for (const [file, reason] of Object.entries(MAY_WRITE)) {
      expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
      expect(reason.length).toBeGreaterThan(5);
    }
  });
});
