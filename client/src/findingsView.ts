// The findings of all files as a tree: groups, and pages of findings below them.
import * as vscode from 'vscode';

import { markdownText } from '#core/escape/escape.ts';
import type { FindingGroup, FindingGrouping, FindingItem } from '#protocol/editor/findings.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { Server } from './languageClient.ts';

const VIEW = 'preflens.findings';

/** Findings below a group before "more" is pressed, and with every press. */
const PAGE = 100;

/** Changes come in bursts: the tree is drawn anew when they are over. */
const REDRAW_MS = 400;

interface GroupNode {
  readonly kind: 'group';
  readonly group: FindingGroup;
}
interface ItemNode {
  readonly kind: 'item';
  readonly item: FindingItem;
}
interface MoreNode {
  readonly kind: 'more';
  readonly group: string;
  readonly left: number;
}
interface NoteNode {
  readonly kind: 'note';
  readonly words: string;
}
type Node = GroupNode | ItemNode | MoreNode | NoteNode;

const ICONS: Record<FindingItem['severity'], vscode.ThemeIcon> = {
  error: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
  information: new vscode.ThemeIcon('info', new vscode.ThemeColor('problemsInfoIcon.foreground')),
};

const GROUPINGS: Record<FindingGrouping, string> = { rule: 'Rule', file: 'File', source: 'Source' };

function itemOf(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case 'group': {
      const { key, label, count, severity } = node.group;
      const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
      item.id = `group ${key}`;
      item.description = count.toLocaleString('en');
      item.iconPath = ICONS[severity];
      item.contextValue = 'group';
      return item;
    }
    case 'item': {
      const { item: found } = node;
      const place = found.record < 0 ? found.fileName : `${found.fileName}:${found.line + 1}`;
      const item = new vscode.TreeItem(place);
      item.description = found.message;
      item.tooltip = new vscode.MarkdownString(
        `**${markdownText(found.rule)}**\n\n${markdownText(found.message)}`,
      );
      item.iconPath = ICONS[found.severity];
      item.contextValue = 'finding';
      item.command = { title: 'Show', command: 'preflens.showFinding', arguments: [found] };
      return item;
    }
    case 'more': {
      const item = new vscode.TreeItem(`Show more (${node.left.toLocaleString('en')} left)`);
      item.command = { title: 'More', command: 'preflens.moreFindings', arguments: [node.group] };
      return item;
    }
    case 'note': {
      const item = new vscode.TreeItem(node.words);
      item.iconPath = new vscode.ThemeIcon('info');
      return item;
    }
  }
}

/** Shows a record where it is best read: what a click on a finding does. */
export type ShowRecord = (ref: RecordRef, line: number) => Promise<void>;

class Findings implements vscode.TreeDataProvider<Node> {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #pages = new Map<string, number>();
  #by: FindingGrouping = 'rule';
  #filter = '';
  #redraw: NodeJS.Timeout | undefined;
  view: vscode.TreeView<Node> | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return itemOf(node);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) return this.#groups();
    return node.kind === 'group' ? this.#items(node.group.key) : [];
  }

  /** Draws it anew once nothing more comes. */
  refreshSoon(): void {
    clearTimeout(this.#redraw);
    this.#redraw = setTimeout(() => {
      this.#changed.fire(undefined);
    }, REDRAW_MS);
  }

  more(group: string): void {
    this.#pages.set(group, (this.#pages.get(group) ?? 1) + 1);
    this.#changed.fire(undefined);
  }

  async pickGrouping(): Promise<void> {
    const picked = await vscode.window.showQuickPick(
      Object.entries(GROUPINGS).map(([by, label]) => ({
        label,
        by: by as FindingGrouping,
        picked: by === this.#by,
      })),
      { title: 'Group findings by' },
    );
    if (!picked) return;
    this.#by = picked.by;
    this.#pages.clear();
    this.#changed.fire(undefined);
  }

  async pickFilter(): Promise<void> {
    const words = await vscode.window.showInputBox({
      title: 'Filter findings',
      prompt: 'Words of the rule, the message or the file name; empty for all',
      value: this.#filter,
    });
    if (words === undefined) return;
    this.#filter = words;
    this.#pages.clear();
    this.#changed.fire(undefined);
  }

  async #groups(): Promise<Node[]> {
    const { groups, total, notKept } = await this.#server.request('preflens/findings', {
      by: this.#by,
      filter: this.#filter,
      start: 0,
      end: 0,
    });
    if (this.view) {
      const filtered = this.#filter === '' ? '' : ` · “${this.#filter}”`;
      this.view.description = `${total.toLocaleString('en')} by ${this.#by}${filtered}`;
      this.view.message = total === 0 && this.#filter !== '' ? 'No finding fits the filter.' : undefined;
    }
    const note: Node[] =
      notKept > 0
        ? [
            {
              kind: 'note',
              words: `${notKept.toLocaleString('en')} more are counted; preflens check lists them`,
            },
          ]
        : [];
    return [...groups.map((group): Node => ({ kind: 'group', group })), ...note];
  }

  async #items(group: string): Promise<Node[]> {
    const end = PAGE * (this.#pages.get(group) ?? 1);
    const items: FindingItem[] = [];
    let total = Infinity;
    // The server gives a few hundred at a time.
    while (items.length < Math.min(end, total)) {
      const page = await this.#server.request('preflens/findings', {
        by: this.#by,
        filter: this.#filter,
        group,
        start: items.length,
        end,
      });
      total = page.total;
      if (page.items.length === 0) break;
      items.push(...page.items);
    }
    const left = total - items.length;
    const more: Node[] = left > 0 ? [{ kind: 'more', group, left }] : [];
    return [...items.map((item): Node => ({ kind: 'item', item })), ...more];
  }
}

/** Registers the view and what can be pressed in it. */
export function showFindings(server: Server, showRecord: ShowRecord): vscode.Disposable {
  const findings = new Findings(server);
  const view = vscode.window.createTreeView(VIEW, { treeDataProvider: findings, showCollapseAll: true });
  findings.view = view;
  const command = (name: string, run: (argument: never) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(name, run);
  return vscode.Disposable.from(
    view,
    server.on('preflens/status', () => {
      findings.refreshSoon();
    }),
    vscode.languages.onDidChangeDiagnostics(() => {
      findings.refreshSoon();
    }),
    command('preflens.groupFindings', async () => findings.pickGrouping()),
    command('preflens.filterFindings', async () => findings.pickFilter()),
    command('preflens.moreFindings', (group: string) => {
      findings.more(group);
    }),
    command('preflens.showFinding', async (item: FindingItem) => showRecord(item, item.line)),
  );
}
