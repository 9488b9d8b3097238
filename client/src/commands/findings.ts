// Commands of the findings view.
import * as vscode from 'vscode';

import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type { FindingGrouping, FindingItem, RuleFix, RuleScope } from '#protocol/editor/findings.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { OpenFiles } from '../assistant/openFiles.ts';
import { confirm, plain, say } from '../say.ts';
import type { Server } from '../server.ts';
import { fileAt } from '../uris.ts';
import { keep } from '../views/decisions.ts';
import type { FindingNode, FindingsTree } from '../views/findingsTree.ts';
import type { ShowRecord } from '../views/showRecord.ts';
import type { Statuses } from '../views/statuses.ts';
import type { Commands } from './register.ts';

const GROUPINGS: Readonly<Record<FindingGrouping, English>> = {
  rule: english('Rule'),
  file: english('File'),
  source: english('Source'),
};

async function askGrouping(current: FindingGrouping): Promise<FindingGrouping | undefined> {
  const items = Object.entries(GROUPINGS).map(([by, label]) => ({
    label: t(label),
    by: by as FindingGrouping,
    picked: by === current,
  }));
  return (await vscode.window.showQuickPick(items, { title: t('Group findings by') }))?.by;
}

async function askFilter(current: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: t('Filter findings'),
    prompt: t('Text in the rule, the message or the file name. Leave empty to show all findings.'),
    value: current,
  });
}

/** Asks where to turn a rule off. */
async function askScope({ rule, fileName }: FindingItem): Promise<RuleScope | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: t('In {0}', plain(fileName)),
        detail: t('Adds an override to preflens.json'),
        scope: 'file',
      },
      { label: t('In all files'), detail: t('Changes "rules" in preflens.json'), scope: 'all' },
    ] as const,
    { title: t('Turn off "{0}"', rule) },
  );
  return picked?.scope;
}

/** Asks for one of several files. */
async function askFix(fixes: readonly RuleFix[]): Promise<RuleFix | undefined> {
  if (fixes.length < 2) return fixes[0];
  const items = fixes.map((fix) => ({ label: t('{0} in {1}', fix.title, plain(fix.fileName)), fix }));
  return (await vscode.window.showQuickPick(items, { title: t('Repair which file?') }))?.fix;
}

/** The pair of a finding, as edits name it. */
function namedIn({ uri, record, pair, pairKey }: RecordRef): RecordRef {
  return { uri, record, ...(pair !== undefined && { pair }), ...(pairKey !== undefined && { pairKey }) };
}

export interface FindingsContext {
  readonly server: Server;
  readonly statuses: Statuses;
  readonly tree: FindingsTree;
  readonly files: OpenFiles;
  readonly showRecord: ShowRecord;
  readonly compare: (ref: RecordRef) => Promise<void>;
}

export function findingsCommands(context: FindingsContext): Commands {
  const { server, statuses, tree, files, showRecord, compare } = context;
  const show = async (item: FindingItem): Promise<void> => showRecord(item, item.line, true);
  const withItem =
    (run: (item: FindingItem) => Promise<void>) =>
    async (node?: FindingNode): Promise<void> => {
      if (node?.kind === 'item') await run(node.item);
      else if (node?.kind === 'group' && node.by === 'rule') {
        const first = await tree.firstOf(node.group.key);
        if (first) await run(first);
      }
    };
  const fixRule = async (fix: RuleFix): Promise<void> => {
    const { uri, rule, title, fileName } = fix;
    // The editor shows the changes of a text before it makes them.
    if (statuses.get(uri)?.isOnDisk === true) {
      const question = t('{0} with "{1}" in {2}?', title, rule, fileName);
      if (!(await confirm(question, t('Undo takes it back in one step.'), title))) return;
    }
    const fixed = await server.request('preflens/fixRule', { uri, rule });
    if (!fixed.ok) void say('info', fixed.why);
  };
  const turnOff = async (item: FindingItem): Promise<void> => {
    const { uri, rule, isOpen } = item;
    const scope = await askScope(item);
    if (!scope) return;
    const written = await server.request('preflens/turnOffRule', { uri, rule, scope });
    if (!written.ok) {
      void say('error', written.why);
      return;
    }
    // Nothing else follows the settings of a closed file.
    if (!isOpen) await vscode.commands.executeCommand('preflens.checkWorkspace');
    const open = t('Open preflens.json');
    const done =
      scope === 'file'
        ? t('Turned off "{0}" for {1} in {2}.', rule, item.fileName, written.value)
        : t('Turned off "{0}" in {1}.', rule, written.value);
    if ((await say('info', done, open)) === open) await vscode.window.showTextDocument(fileAt(written.value));
  };
  return {
    'preflens.groupFindings': async () => {
      const by = await askGrouping(tree.by);
      if (by) tree.groupBy(by);
    },
    'preflens.filterFindings': async () => {
      const filter = await askFilter(tree.filter);
      if (filter !== undefined) tree.filterBy(filter);
    },
    'preflens.moreFindings': (group: string | undefined) => {
      tree.more(group);
    },
    'preflens.showFinding': show,
    'preflens.fixRule': fixRule,
    'preflens.finding.compare': withItem(async (item) => {
      if (!item.isOpen) {
        await show(item);
        await files.openToEdit(vscode.Uri.parse(item.uri));
      }
      await compare(item);
    }),
    'preflens.finding.flip': withItem(async (item) => {
      const flipped = await server.request('preflens/edit', { ...namedIn(item), edit: { kind: 'flip' } });
      if (flipped.ok) await showRecord(flipped.value, item.line, true);
      else void say('info', flipped.why);
    }),
    'preflens.finding.keep': withItem(async ({ rule, ...item }) => keep(server, { ...namedIn(item), rule })),
    'preflens.finding.explain': withItem(async ({ rule }) => {
      await vscode.commands.executeCommand('preflens.showRule', rule);
    }),
    'preflens.finding.turnOff': withItem(turnOff),
    'preflens.finding.repairAll': async (node?: FindingNode) => {
      if (node?.kind === 'item') {
        const { uri, rule } = node.item;
        const fix = await server.request('preflens/ruleFix', { uri, rule });
        if (fix.ok) await fixRule(fix.value);
        else void say('info', fix.why);
      }
      if (node?.kind !== 'group') return;
      const fixes = await tree.fixesOf(node.group.key);
      if (fixes.length === 0)
        void say('info', t('No open file has findings of "{0}" with a repair.', node.group.key));
      const fix = await askFix(fixes);
      if (fix) await fixRule(fix);
    },
  };
}
