// Messages and notifications about unsaved edits: from earlier sessions, of records that are gone, after a crash.
import type { Connection } from 'vscode-languageserver/node';

import { readableUri } from '#session/names.ts';
import { DiskSource } from '#session/sources/disk.ts';
import type { Source } from '#session/sources/source.ts';

import type { Client } from './serveEditor.ts';
import { show } from './show.ts';

const editsOf = (count: number): string => (count === 1 ? '1 unsaved edit' : `${count} unsaved edits`);

/**
 * Tells of edits of an earlier session. A client that keeps a history of edits gets them before a status counts them.
 * @param client undefined if it does not know `preflens/edited`
 */
export function tellSettled(connection: Connection, client: Client | undefined, source: Source): void {
  const settled = source instanceof DiskSource ? source.takeSettled() : undefined;
  if (!settled) return;
  const { uri } = source;
  for (const { id, label } of settled.added) client?.notify('preflens/edited', { uri, id, label });
  if (settled.restored > 0)
    show(connection, 'info', `${editsOf(settled.restored)} of an earlier session restored.`);
  else if (settled.added.length > 0)
    show(connection, 'info', `${editsOf(settled.added.length)} fit the file again.`);
  if (settled.aside.length === 0) return;
  const { aside, asidePath } = settled;
  const where = asidePath === undefined ? '' : ` Before and after of each stand in ${asidePath}.`;
  show(
    connection,
    'warning',
    `${editsOf(aside.length)} could not be kept: another program changed the records.${where}`,
  );
}

/** Edits that a crash would take along; said once. */
export function tellFault(connection: Connection, source: Source): void {
  const fault = source instanceof DiskSource ? source.takeFault() : undefined;
  if (fault === undefined) return;
  show(
    connection,
    'warning',
    `Unsaved edits of ${readableUri(source.uri)} cannot be kept for the case of a crash (${fault}). ` +
      'Save soon, or make room in the cache folder.',
  );
}
