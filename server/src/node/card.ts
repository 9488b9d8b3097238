// The text that describes a dataset, beside its files: it may say what a label means.
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';

import type { Card } from '#core/mapping/polarity/card.ts';
import { UserError } from '#core/messages.ts';

import { readRegularTextSync } from './regularFile.ts';
import { codeOf } from './stored.ts';

/** Bytes of a card that are read. Larger texts are no cards. */
const MAX_CARD_BYTES = 256 * 1024;

const README_NAMES = ['README.md', 'readme.md', 'Readme.md', 'README.txt', 'README', 'dataset_card.md'];

/** Undefined if there is no such file, or none that can be read as text. */
function readCard(folder: string, name: string): Card | undefined {
  const path = join(folder, name);
  // Most names are not there, and an error costs more than this look.
  if (!existsSync(path)) return undefined;
  try {
    return { name, text: readRegularTextSync(path, MAX_CARD_BYTES) };
  } catch (error) {
    // The card is one piece of evidence among others: without it, they decide.
    if (error instanceof UserError || codeOf(error) !== '') return undefined;
    throw error;
  }
}

const firstIn = (folder: string, names: readonly string[]): Card | undefined => {
  for (const name of names) {
    const card = readCard(folder, name);
    if (card) return card;
  }
  return undefined;
};

/** The README of a folder. */
export function readmeIn(folder: string): Card | undefined {
  return firstIn(folder, README_NAMES);
}

const FRONT_MATTER = /^\ufeff?---\r?\n/;

/**
 * The card of a file: a text with its name, or the README of its folder. The README of the folder above counts if it
 * begins like a dataset card, with YAML: then the folder is one of its splits or configurations.
 * @param readme looks for the README of a folder
 */
export function cardFor(file: string, readme = readmeIn): Card | undefined {
  const path = resolve(file);
  const folder = dirname(path);
  const name = basename(path);
  const stem = name.slice(0, name.length - extname(name).length);
  const own = firstIn(folder, [`${stem}.md`, `${stem}.yaml`, `${stem}.yml`]) ?? readme(folder);
  if (own) return own;
  const above = dirname(folder) === folder ? undefined : readme(dirname(folder));
  return above && FRONT_MATTER.test(above.text) ? above : undefined;
}
