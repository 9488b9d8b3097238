// The command line of `npm run new:check` and `npm run new:schema`: arguments, files, and next steps.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import type { Scaffold } from './scaffold.ts';
import { ID } from './scaffold.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export const readSource = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function stop(message: string): never {
  console.error(message);
  process.exit(2);
}

interface Command<Kind extends string> {
  /** The command, for the usage line. */
  readonly usage: string;
  readonly kinds: readonly Kind[];
  readonly known: readonly string[];
  readonly make: (id: string, kind: Kind, folder: string | undefined) => Scaffold;
}

/** Lays out code as lint expects: a list may no longer fit its line. */
async function laidOut(file: string, text: string): Promise<string> {
  return file.endsWith('.ts') ? format(text, { ...(await resolveConfig(file)), filepath: file }) : text;
}

/**
 * Writes the files that `make` returns for the id and kind on the command line. The default is the first
 * kind.
 */
export async function writeScaffold<Kind extends string>({
  usage,
  kinds,
  known,
  make,
}: Command<Kind>): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { kind: { type: 'string' }, folder: { type: 'string' } },
    allowPositionals: true,
  });
  const [id] = positionals;
  const kind = kinds.find((one) => one === (values.kind ?? kinds[0]));
  if (id === undefined || positionals.length > 1 || !kind) stop(`${usage}\nKinds: ${kinds.join(', ')}.`);
  if (!ID.test(id)) stop(`"${id}" is not lower-case words with hyphens between them.`);
  if (known.includes(id)) stop(`"${id}" exists already.`);
  const { files, steps } = make(id, kind, values.folder);
  for (const { path, text } of files) {
    const file = join(ROOT, path);
    console.log(`${existsSync(file) ? 'changed' : 'created'} ${path}`);
    writeFileSync(file, await laidOut(file, text));
  }
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'generate.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) stop('npm run generate failed.');
  console.log(['', 'Next:', ...steps.map((step, i) => `${i + 1}. ${step}`)].join('\n'));
}
