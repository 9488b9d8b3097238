// The findings of all files as a tree: pages of groups, with pages of findings below them. Its badge counts all of them.
import * as vscode from 'vscode';

import { markdownText, visible } from '#core/escape/escape.ts';
import { formatMargin, inGroups, plural } from '#core/words/numbers.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type {
  FindingGroup,
  FindingGrouping,
  FindingItem,
  FindingsRequest,
  FindingsResult,
  RuleFix,
} from '#protocol/editor/findings.ts';

import type { Server } from '../server.ts';
import type { Statuses } from './statuses.ts';

const VIEW = 'preflens.findings';

/** Groups, and findings below a group, at first, and how many "Show more" adds. */
const PAGE = 100;

/** Changes come in bursts: the tree waits until they are over. */
const REDRAW_MS = 400;

interface GroupNode {
  readonly kind: 'group';
  readonly by: FindingGrouping;
  readonly group: FindingGroup;
}
interface ItemNode {
  readonly kind: 'item';
  readonly by: FindingGrouping;
  readonly item: FindingItem;
}
interface FixNode {
  readonly kind: 'fix';
  readonly fix: RuleFix;
  /** Of several files the title says which. */
  readonly isNamed: boolean;
}
interface MoreNode {
  readonly kind: 'more';
  /** Undefined for more groups. */
  readonly group: string | undefined;
  readonly left: number;
}
interface NoteNode {
  readonly kind: 'note';
  readonly text: string;
}
/** What commands of the view get. */
export type FindingNode = GroupNode | ItemNode | FixNode | MoreNode | NoteNode;

const BY: Readonly<Record<FindingGrouping, English>> = {
  rule: english('{0}, by rule.'),
  file: english('{0}, by file.'),
  source: english('{0}, by source.'),
};

const ICONS: Record<FindingItem['severity'], vscode.ThemeIcon> = {
  error: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
  information: new vscode.ThemeIcon('info', new vscode.ThemeColor('problemsInfoIcon.foreground')),
};

function placeOf({ record, fileName, line }: FindingItem): string {
  return record < 0 ? fileName : `${fileName}:${line + 1}`;
}

/** Menus of the manifest ask for it. */
function contextOf({ isOpen, pairKey }: FindingItem): string {
  if (!isOpen) return 'finding';
  return pairKey === undefined ? 'finding.open' : 'finding.open.pair';
}

function findingItem({ item, by }: ItemNode): vscode.TreeItem {
  const { prompt, margin, rule, message, severity } = item;
  const shown = new vscode.TreeItem(visible(prompt ?? placeOf(item)));
  const about = [
    margin !== undefined && formatMargin(margin),
    by !== 'rule' && rule,
    prompt !== undefined && placeOf(item),
    visible(message),
  ];
  shown.description = about.filter((part) => part !== false).join(' · ');
  const facts = [placeOf(item), ...(margin === undefined ? [] : [t('margin {0}', formatMargin(margin))])];
  shown.tooltip = new vscode.MarkdownString(
    [`**${markdownText(rule)}** · ${markdownText(facts.join(' · '))}`, markdownText(message)].join('\n\n'),
  );
  shown.iconPath = ICONS[severity];
  shown.contextValue = contextOf(item);
  shown.command = { title: t('Show'), command: 'preflens.showFinding', arguments: [item] };
  return shown;
}

function itemOf(node: FindingNode): vscode.TreeItem {
  switch (node.kind) {
    case 'group': {
      const { key, label, count, severity } = node.group;
      const item = new vscode.TreeItem(visible(label), vscode.TreeItemCollapsibleState.Collapsed);
      item.id = `group ${key}`;
      item.description = inGroups(count);
      item.iconPath = ICONS[severity];
      item.contextValue = `group.${node.by}`;
      return item;
    }
    case 'item':
      return findingItem(node);
    case 'fix': {
      const { fix, isNamed } = node;
      const label = isNamed ? t('{0} in {1}', fix.title, visible(fix.fileName)) : fix.title;
      const item = new vscode.TreeItem(`${label}…`);
      item.iconPath = new vscode.ThemeIcon('wrench');
      item.command = { title: fix.title, command: 'preflens.fixRule', arguments: [fix] };
      return item;
    }
    case 'more': {
      const item = new vscode.TreeItem(t('Show more ({0} left)', inGroups(node.left)));
      item.command = { title: t('More'), command: 'preflens.moreFindings', arguments: [node.group] };
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
export class FindingsTree implements vscode.TreeDataProvider<FindingNode>, vscode.Disposable {
  readonly #server: Server;
  readonly #statuses: Statuses;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** Pages that are shown, by group; undefined for the groups themselves. */
  readonly #pages = new Map<string | undefined, number>();
  readonly #view: vscode.TreeView<FindingNode>;
  readonly #subscription: vscode.Disposable;
  #by: FindingGrouping = 'rule';
  #filter = '';
  #redraw: NodeJS.Timeout | undefined;
  /** The server may know files: before, it is not started for an empty view. */
  #isUsed = false;

  constructor(server: Server, statuses: Statuses) {
    this.#server = server;
    this.#statuses = statuses;
    this.#view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.#subscription = statuses.onChange(() => {
      clearTimeout(this.#redraw);
      this.#redraw = setTimeout(() => {
        this.refresh();
      }, REDRAW_MS);
    });
  }

  dispose(): void {
    clearTimeout(this.#redraw);
    vscode.Disposable.from(this.#subscription, this.#view, this.#changed).dispose();
  }

  refresh(): void {
    this.#isUsed = true;
    this.#changed.fire(undefined);
    // A view that is hidden asks for nothing, and its badge counts on.
    if (!this.#view.visible) void this.#ask({ start: 0, end: 0 });
  }

  getTreeItem(node: FindingNode): vscode.TreeItem {
    return itemOf(node);
  }

  async getChildren(node?: FindingNode): Promise<FindingNode[]> {
    if (!this.#isUsed) return [];
    if (!node) return this.#groups();
    return node.kind === 'group' ? this.#below(node.group.key) : [];
  }

  get by(): FindingGrouping {
    return this.#by;
  }

  get filter(): string {
    return this.#filter;
  }

  /** Shows one more page of a group, or of the groups. */
  more(group: string | undefined): void {
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

  /** Some finding of a group. */
  async firstOf(group: string): Promise<FindingItem | undefined> {
    return (await this.#ask({ group, start: 0, end: 1 })).items[0];
  }

  /** The repairs of a rule, one for each open file. */
  async fixesOf(rule: string): Promise<readonly RuleFix[]> {
    return (await this.#ask({ group: rule, start: 0, end: 0 })).fixes;
  }

  async #ask(page: Pick<FindingsRequest, 'group' | 'start' | 'end'>): Promise<FindingsResult> {
    const result = await this.#server.request('preflens/findings', {
      by: this.#by,
      filter: this.#filter,
      ...page,
    });
    this.#count(result);
    return result;
  }

  /** Says how many findings there are, in the same words wherever they are counted. */
  #count({ fitting, findingCount, fileCount }: FindingsResult): void {
    const all = t('{0} in {1}', plural(findingCount, 'finding'), plural(fileCount, 'file'));
    this.#view.badge = findingCount === 0 ? undefined : { value: findingCount, tooltip: all };
    const isFiltered = this.#filter !== '';
    const counted = isFiltered
      ? t('{0} of {1} match “{2}”', inGroups(fitting), all, visible(this.#filter))
      : all;
    // A view that is alone in its container shows no description.
    this.#view.message = findingCount === 0 ? undefined : t(BY[this.#by], counted);
    const hasDatasets = [...this.#statuses.all()].length > 0;
    void vscode.commands.executeCommand('setContext', 'preflens.hasDatasets', hasDatasets);
  }

  /** What is shown so far. The server returns a few hundred at a time. */
  async #shown<T>(
    group: string | undefined,
    itemsOf: (page: FindingsResult) => readonly T[],
  ): Promise<{ readonly first: FindingsResult; readonly items: readonly T[]; readonly more: MoreNode[] }> {
    const end = PAGE * (this.#pages.get(group) ?? 1);
    const named = group === undefined ? {} : { group };
    const first = await this.#ask({ ...named, start: 0, end });
    const items = [...itemsOf(first)];
    while (items.length < Math.min(end, first.total)) {
      const next = itemsOf(await this.#ask({ ...named, start: items.length, end }));
      if (next.length === 0) break;
      items.push(...next);
    }
    const left = first.total - items.length;
    return { first, items, more: left > 0 ? [{ kind: 'more', group, left }] : [] };
  }

  async #groups(): Promise<FindingNode[]> {
    const by = this.#by;
    const { first, items, more } = await this.#shown(undefined, ({ groups }) => groups);
    const text = t('{0} of them are not listed: "preflens check" lists all', inGroups(first.notKept));
    const note: FindingNode[] = first.notKept > 0 ? [{ kind: 'note', text }] : [];
    return [...items.map((group): FindingNode => ({ kind: 'group', by, group })), ...more, ...note];
  }

  async #below(group: string): Promise<FindingNode[]> {
    const by = this.#by;
    const { first, items, more } = await this.#shown(group, (page) => page.items);
    const isNamed = first.fixes.length > 1;
    return [
      ...first.fixes.map((fix): FindingNode => ({ kind: 'fix', fix, isNamed })),
      ...items.map((item): FindingNode => ({ kind: 'item', by, item })),
      ...more,
    ];
  }
}
