// Commands of the findings view.
import * as vscode from 'vscode';

import type { FindingGrouping, FindingItem } from '#protocol/editor/findings.ts';

import type { FindingsTree } from '../views/findingsTree.ts';
import type { ShowRecord } from '../views/showRecord.ts';
import type { Commands } from './register.ts';

const GROUPINGS: Readonly<Record<FindingGrouping, string>> = { rule: 'Rule', file: 'File', source: 'Source' };

async function askGrouping(current: FindingGrouping): Promise<FindingGrouping | undefined> {
  const items = Object.entries(GROUPINGS).map(([by, label]) => ({
    label,
    by: by as FindingGrouping,
    picked: by === current,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Group findings by' }))?.by;
}

async function askFilter(current: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Filter findings',
    prompt: 'Text in the rule, the message or the file name. Leave empty to show all findings.',
    value: current,
  });
}

export function findingsCommands(tree: FindingsTree, showRecord: ShowRecord): Commands {
  return {
    'preflens.groupFindings': async () => {
      const by = await askGrouping(tree.by);
      if (by) tree.groupBy(by);
    },
    'preflens.filterFindings': async () => {
      const filter = await askFilter(tree.filter);
      if (filter !== undefined) tree.filterBy(filter);
    },
    'preflens.moreFindings': (group: string) => {
      tree.more(group);
    },
    'preflens.showFinding': async (item: FindingItem) => showRecord(item, item.line, true),
  };
}
