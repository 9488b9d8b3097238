// Messages about unsaved edits of earlier sessions, and about edits that a crash would lose.
import type { Host } from './host.ts';
import { readableUri } from './names.ts';
import type { Source } from './sources/source.ts';

const editsOf = (count: number): string => (count === 1 ? '1 unsaved edit' : `${count} unsaved edits`);

/** Tells of edits of earlier sessions. Call it before the status that counts them. */
export function tellSettled(host: Pick<Host, 'edited' | 'message'>, { uri, pending }: Source): void {
  const settled = pending?.takeSettled();
  if (!settled) return;
  for (const { id, label } of settled.added) host.edited({ uri, id, label });
  if (settled.restored > 0)
    host.message('info', `${editsOf(settled.restored)} of an earlier session restored.`);
  else if (settled.added.length > 0)
    host.message('info', `${editsOf(settled.added.length)} fit the file again.`);
  if (settled.aside.length === 0) return;
  const { aside, asidePath } = settled;
  const where = asidePath === undefined ? '' : ` Before and after of each stand in ${asidePath}.`;
  host.message(
    'warning',
    `${editsOf(aside.length)} could not be kept: another program changed the records.${where}`,
  );
}

/** Warns once of edits that a crash would lose. */
export function tellFault(host: Pick<Host, 'message'>, { uri, pending }: Source): void {
  const fault = pending?.takeFault();
  if (fault === undefined) return;
  host.message(
    'warning',
    `Unsaved edits of ${readableUri(uri)} cannot be kept for the case of a crash (${fault}). ` +
      'Save soon, or make room in the cache folder.',
  );
}
