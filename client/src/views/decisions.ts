// Decisions of people about findings.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';
import type { KeepRequest } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { FindingView } from '#protocol/editor/views.ts';

import { say } from '../say.ts';
import type { Server } from '../server.ts';

/** Asks which finding of a pair to ignore, and for a reason. */
export async function keepOneOf(
  server: Server,
  ref: RecordRef,
  findings: readonly FindingView[],
): Promise<void> {
  const items = findings.map(({ rule, message }) => ({ label: rule, detail: message }));
  const picked =
    items.length > 1
      ? await vscode.window.showQuickPick(items, { title: t('Ignore which finding of this pair?') })
      : items[0];
  if (picked) await keep(server, { ...ref, rule: picked.label });
}

/** Asks for a reason and ignores a finding. */
export async function keep(server: Server, ref: KeepRequest): Promise<void> {
  const reason = await vscode.window.showInputBox({
    title: t('Ignore "{0}" for this pair', ref.rule),
    prompt: t('Reason (saved in .preflens/decisions.jsonl)'),
    validateInput: (text) => (text.trim() === '' ? t('Enter a reason.') : undefined),
  });
  if (reason === undefined) return;
  const kept = await server.request('preflens/keep', {
    ...ref,
    reason: reason.trim(),
  });
  if (!kept.ok) void say('error', kept.why);
}
