// The plugins of the build: what they make behaves as what they were given.
import { createRequire } from 'node:module';
import { join } from 'node:path';

import * as esbuild from 'esbuild';
import { expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { byExport, fewFiles, inAscii } from '../tools/pack/plugins.mjs';

const folder = testFolder('plugins');

/** What a module exports that is built with a plugin. */
async function built(source: string, plugin: esbuild.Plugin): Promise<unknown> {
  const outfile = join(folder.path, 'built.cjs');
  await esbuild.build({
    entryPoints: [folder.write('server/src/source.ts', source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    plugins: [plugin],
  });
  return createRequire(import.meta.url)(outfile) as unknown;
}

it('a function of Node keeps what promisify looks for', async () => {
  const { ran, keys } = (await built(
    `import { execFile } from 'node:child_process';
     import { generateKeyPair } from 'node:crypto';
     import { promisify } from 'node:util';
     export const ran = promisify(execFile)(process.execPath, ['-p', '1']);
     export const keys = promisify(generateKeyPair)('ed25519');`,
    byExport(folder.path),
  )) as { ran: Promise<unknown>; keys: Promise<object> };
  expect(await ran).toEqual({ stdout: '1\n', stderr: '' });
  expect(Object.keys(await keys)).toEqual(['publicKey', 'privateKey']);
});

it('a class that is loaded later is the class', async () => {
  const { key, Own } = (await built(
    `import { KeyObject, createSecretKey } from 'node:crypto';
     import { Ajv } from 'ajv';
     export const key = createSecretKey(Buffer.from('k')) instanceof KeyObject;
     export class Own extends Ajv {}`,
    byExport(folder.path),
  )) as { key: boolean; Own: new () => { validate(schema: object, value: unknown): boolean } };
  expect(key).toBe(true);
  expect(new Own()).toBeInstanceOf(Own);
  expect(new Own().validate({ type: 'string' }, 1)).toBe(false);
});

it('characters beyond ASCII stay what they are', async () => {
  const source = 'export const texts = ["é", `${1}→`, "𝄞", /^[à-ü]+$/.test("éè"), /^[𝄞]$/u.test("𝄞")];';
  expect(await built(source, inAscii)).toEqual({ texts: ['é', '1→', '𝄞', true, true] });
});

it('files have the same names wherever the sources lie', async () => {
  const build = async (place: string): Promise<readonly string[]> => {
    folder.write(join(place, 'often.ts'), 'export { createHash as often } from "node:crypto";');
    folder.write(join(place, 'later.ts'), 'export { often } from "./often.ts";');
    const main = folder.write(
      join(place, 'main.ts'),
      'export { often } from "./often.ts"; void import("./later.ts");',
    );
    const root = join(folder.path, place);
    const { outputFiles } = await esbuild.build({
      entryPoints: { main },
      absWorkingDir: root,
      outdir: 'out',
      bundle: true,
      splitting: true,
      write: false,
      format: 'esm',
      platform: 'node',
      plugins: [byExport(root), fewFiles(root, ['often.ts'])],
    });
    return outputFiles.map(({ path, text }) => `${path.slice(root.length)} ${text}`);
  };
  expect((await build('a')).length).toBeGreaterThan(1);
  expect(await build('a')).toEqual(await build(join('elsewhere', 'b')));
});
