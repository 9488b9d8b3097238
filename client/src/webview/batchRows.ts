// What a person does with many rows of a list: the questions before it, and a sentence about what came of it.
import * as vscode from 'vscode';

import { counted, inGroups, plural } from '#core/words/numbers.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type { BatchDone, BatchEdit, RowsRef } from '#protocol/editor/batch.ts';
import type { BatchAction } from '#protocol/page/dataset.ts';

import { confirm } from '../say.ts';
import type { Server } from '../server.ts';
import { valueOf } from '../server.ts';
import { serverPath } from '../uris.ts';

/** Edits of more rows need a second word. */
const MAX_UNASKED = 20;

/** Reasons to name, of the rows that were left. */
const MAX_REASONS = 3;

const WORDS: Readonly<Record<BatchEdit, Readonly<Record<'ask' | 'yes' | 'done', English>>>> = {
  flip: { ask: english('Flip {0}?'), yes: english('Flip'), done: english('Flipped {0}.') },
  tie: {
    ask: english('Mark as ties: {0}?'),
    yes: english('Mark as Ties'),
    done: english('Marked as ties: {0}.'),
  },
  drop: { ask: english('Drop {0}?'), yes: english('Drop'), done: english('Dropped {0}.') },
};

function leftText(left: BatchDone['left']): string {
  const count = left.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return '';
  const reasons = left
    .slice(0, MAX_REASONS)
    .map((one) => t('{0} ({1})', one.why.replace(/\.$/, ''), inGroups(one.count)));
  const all = reasons.join('; ');
  return ` ${counted(count, '{0} row left as it was: {1}.', '{0} rows left as they were: {1}.', all)}`;
}

async function editRows(
  server: Server,
  rows: RowsRef,
  edit: BatchEdit,
  count: number,
): Promise<string | null> {
  const { ask, yes, done } = WORDS[edit];
  if (count > MAX_UNASKED) {
    const question = t(ask, plural(count, 'row'));
    if (!(await confirm(question, t('Undo takes it back in one step.'), t(yes)))) return null;
  }
  const result = valueOf(await server.request('preflens/editRows', { ...rows, edit }));
  return `${t(done, plural(result.count, 'row'))}${leftText(result.left)}`;
}

async function keepRows(server: Server, rows: RowsRef): Promise<string | null> {
  const counts = valueOf(await server.request('preflens/ruleCounts', { uri: rows.uri, rows }));
  if (counts.length === 0) return t('The marked rows have no findings.');
  const items = counts.map(({ rule, count }) => ({
    label: rule,
    description: plural(count, 'finding'),
  }));
  const picked =
    items.length > 1
      ? await vscode.window.showQuickPick(items, { title: t('Ignore which findings of the marked rows?') })
      : items[0];
  if (!picked) return null;
  const reason = await vscode.window.showInputBox({
    title: t('Ignore "{0}": {1}', picked.label, picked.description),
    prompt: t('Reason (saved in .preflens/decisions.jsonl)'),
    validateInput: (text) => (text.trim() === '' ? t('Enter a reason.') : undefined),
  });
  if (reason === undefined) return null;
  const kept = valueOf(
    await server.request('preflens/keepRows', { ...rows, rule: picked.label, reason: reason.trim() }),
  );
  return t('Ignored {0} of "{1}".', plural(kept, 'finding'), picked.label);
}

/** Records of a JSON document go into a JSON list, all others into lines. */
async function exportRows(server: Server, rows: RowsRef): Promise<string | null> {
  const file = vscode.Uri.parse(rows.uri);
  const name = file.path.split('/').at(-1) ?? 'rows';
  const ending = /\.json$/i.test(name) ? 'json' : 'jsonl';
  const target = await vscode.window.showSaveDialog({
    title: t('Export the marked rows'),
    defaultUri: vscode.Uri.joinPath(file, '..', `${name.replace(/\.[^.]*$/, '')}-rows.${ending}`),
    filters: { [t('Records')]: [ending] },
  });
  if (!target) return null;
  const count = valueOf(await server.request('preflens/exportRows', { ...rows, path: serverPath(target) }));
  return t('Wrote {0} to {1}.', plural(count, 'record'), target.path.split('/').at(-1) ?? '');
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
