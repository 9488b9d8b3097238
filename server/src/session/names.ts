import { fileURLToPath } from 'node:url';

import type { Pair } from '#core/model/pair.ts';

/** A uri as people read it. Some editors send what cannot be decoded: that is shown as it is. */
export function readableUri(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** The name of a file, as people read it. */
export function fileNameOf(uri: string): string {
  return readableUri(uri.split('/').at(-1) ?? '');
}

/** The text of a table in an editor: its file's name, and .jsonl. */
const TEXT_OF_TABLE = /^preflens-text:(.*)\.jsonl$/;

/** The path of a uri that names a file, or of the table whose text it names; undefined for every other uri. */
export function pathOf(uri: string): string | undefined {
  const [, table] = TEXT_OF_TABLE.exec(uri) ?? [];
  const file = table === undefined ? uri : `file://${table}`;
  try {
    return fileURLToPath(file);
  } catch {
    return undefined;
  }
}

/** A pair of a record that holds several, as people tell them apart. */
export function pairLabel({
  candidates: [chosen, rejected],
  isTie,
}: Pick<Pair, 'candidates' | 'isTie'>): string {
  return isTie
    ? `answers ${chosen + 1} and ${rejected + 1}`
    : `answer ${chosen + 1} over answer ${rejected + 1}`;
}
