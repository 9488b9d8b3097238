// What a person does with many rows of a list: the questions before it, and a sentence about what came of it.
import * as vscode from 'vscode';

import { plural } from '#core/words/numbers.ts';
import type { BatchDone, BatchEdit, RowsRef } from '#protocol/editor/batch.ts';
import type { BatchAction } from '#protocol/page/dataset.ts';

import { confirm } from '../say.ts';
import type { Server } from '../server.ts';
import { valueOf } from '../server.ts';

/** Edits of more rows need a second word. */
const MAX_UNASKED = 20;

/** Reasons to name, of the rows that were left. */
const MAX_REASONS = 3;

const WORDS: Readonly<Record<BatchEdit, { readonly ask: string; readonly done: string }>> = {
  flip: { ask: 'Flip', done: 'Flipped' },
  tie: { ask: 'Mark as ties:', done: 'Marked as ties:' },
  drop: { ask: 'Drop', done: 'Dropped' },
};

function leftText(left: BatchDone['left']): string {
  const count = left.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return '';
  const reasons = left
    .slice(0, MAX_REASONS)
    .map((one) => `${one.why.replace(/\.$/, '')} (${one.count.toLocaleString('en')})`);
  return ` ${plural(count, 'row')} left as ${count === 1 ? 'it was' : 'they were'}: ${reasons.join('; ')}.`;
}

async function editRows(
  server: Server,
  rows: RowsRef,
  edit: BatchEdit,
  count: number,
): Promise<string | null> {
  const { ask, done } = WORDS[edit];
  if (count > MAX_UNASKED) {
    const question = `${ask} ${plural(count, 'row')}?`;
    const yes = edit === 'drop' ? 'Drop' : edit === 'flip' ? 'Flip' : 'Mark as Ties';
    if (!(await confirm(question, 'Undo takes it back in one step.', yes))) return null;
  }
  const result = valueOf(await server.request('preflens/editRows', { ...rows, edit }));
  return `${done} ${plural(result.count, 'row')}.${leftText(result.left)}`;
}

async function keepRows(server: Server, rows: RowsRef): Promise<string | null> {
  const counts = valueOf(await server.request('preflens/ruleCounts', { uri: rows.uri, rows }));
  if (counts.length === 0) return 'The marked rows have no findings.';
  const items = counts.map(({ rule, count }) => ({
    label: rule,
    description: plural(count, 'finding'),
  }));
  const picked =
    items.length > 1
      ? await vscode.window.showQuickPick(items, { title: 'Ignore which findings of the marked rows?' })
      : items[0];
  if (!picked) return null;
  const reason = await vscode.window.showInputBox({
    title: `Ignore "${picked.label}": ${picked.description}`,
    prompt: 'Reason (saved in .preflens/decisions.jsonl)',
    validateInput: (text) => (text.trim() === '' ? 'Enter a reason.' : undefined),
  });
  if (reason === undefined) return null;
  const kept = valueOf(
    await server.request('preflens/keepRows', { ...rows, rule: picked.label, reason: reason.trim() }),
  );
  return `Ignored ${plural(kept, 'finding')} of "${picked.label}".`;
}

/** Records of a JSON document go into a JSON list, all others into lines. */
async function exportRows(server: Server, rows: RowsRef): Promise<string | null> {
  const file = vscode.Uri.parse(rows.uri);
  const name = file.path.split('/').at(-1) ?? 'rows';
  const ending = /\.json$/i.test(name) ? 'json' : 'jsonl';
  const target = await vscode.window.showSaveDialog({
    title: 'Export the marked rows',
    defaultUri: vscode.Uri.joinPath(file, '..', `${name.replace(/\.[^.]*$/, '')}-rows.${ending}`),
    filters: { Records: [ending] },
  });
  if (!target) return null;
  const count = valueOf(await server.request('preflens/exportRows', { ...rows, path: target.fsPath }));
  return `Wrote ${plural(count, 'record')} to ${target.path.split('/').at(-1) ?? ''}.`;
}

/** What was done, in a sentence; null if the person changed their mind. Throws the reason if it is impossible. */
export async function batchRows(
  server: Server,
  rows: RowsRef,
  action: BatchAction,
  count: number,
): Promise<string | null> {
  switch (action) {
    case 'keep':
      return keepRows(server, rows);
    case 'export':
      return exportRows(server, rows);
    case 'flip':
    case 'tie':
    case 'drop':
      return editRows(server, rows, action, count);
  }
}
