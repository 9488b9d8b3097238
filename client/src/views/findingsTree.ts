// The findings of all files as a tree: groups, with pages of findings below them.
import * as vscode from 'vscode';

import { markdownText } from '#core/escape/escape.ts';
import type { FindingGroup, FindingGrouping, FindingItem } from '#protocol/editor/findings.ts';

import type { Server } from '../server.ts';
import type { Statuses } from './statuses.ts';

const VIEW = 'preflens.findings';

/** Findings below a group at first, and how many "Show more" adds. */
const PAGE = 100;

/** Changes come in bursts: the tree waits until they are over. */
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
  readonly text: string;
}
type Node = GroupNode | ItemNode | MoreNode | NoteNode;

const ICONS: Record<FindingItem['severity'], vscode.ThemeIcon> = {
  error: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
  information: new vscode.ThemeIcon('info', new vscode.ThemeColor('problemsInfoIcon.foreground')),
};

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
      const item = new vscode.TreeItem(node.text);
      item.iconPath = new vscode.ThemeIcon('info');
      return item;
    }
  }
}

/** The view. It draws again when an open file changed, and when `refresh` is called. */
export class FindingsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #server: Server;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** Pages that are shown, by group. */
  readonly #pages = new Map<string, number>();
  readonly #view: vscode.TreeView<Node>;
  readonly #subscription: vscode.Disposable;
  #by: FindingGrouping = 'rule';
  #filter = '';
  #redraw: NodeJS.Timeout | undefined;

  constructor(server: Server, statuses: Statuses) {
    this.#server = server;
    this.#view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.#subscription = statuses.onChange(() => {
      this.#refreshSoon();
    });
  }

  dispose(): void {
    clearTimeout(this.#redraw);
    vscode.Disposable.from(this.#subscription, this.#view, this.#changed).dispose();
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return itemOf(node);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) return this.#groups();
    return node.kind === 'group' ? this.#items(node.group.key) : [];
  }

  get by(): FindingGrouping {
    return this.#by;
  }

  get filter(): string {
    return this.#filter;
  }

  /** Shows one more page of a group. */
  more(group: string): void {
    this.#pages.set(group, (this.#pages.get(group) ?? 1) + 1);
    this.refresh();
  }

  groupBy(by: FindingGrouping): void {
    this.#by = by;
    this.#pages.clear();
    this.refresh();
  }

  filterBy(filter: string): void {
    this.#filter = filter;
    this.#pages.clear();
    this.refresh();
  }

  #refreshSoon(): void {
    clearTimeout(this.#redraw);
    this.#redraw = setTimeout(() => {
      this.refresh();
    }, REDRAW_MS);
  }

  async #groups(): Promise<Node[]> {
    const { groups, total, notKept } = await this.#server.request('preflens/findings', {
      by: this.#by,
      filter: this.#filter,
      start: 0,
      end: 0,
    });
    const filtered = this.#filter === '' ? '' : ` · “${this.#filter}”`;
    this.#view.description = `${total.toLocaleString('en')} by ${this.#by}${filtered}`;
    this.#view.message = total === 0 && this.#filter !== '' ? 'No findings match the filter.' : undefined;
    const text = `${notKept.toLocaleString('en')} more: "preflens check" lists them all`;
    const note: Node[] = notKept > 0 ? [{ kind: 'note', text }] : [];
    return [...groups.map((group): Node => ({ kind: 'group', group })), ...note];
  }

  async #items(group: string): Promise<Node[]> {
    const end = PAGE * (this.#pages.get(group) ?? 1);
    const items: FindingItem[] = [];
    let total = Infinity;
    // The server returns a few hundred at a time.
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
