// The compare view: one panel beside the editor, which shows a pair of any file.
import * as vscode from 'vscode';

import type { Channel } from '#core/channel/channel.ts';
import { t } from '#core/words/translate.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { CompareClientSends, ComparePageSends, PageAction } from '#protocol/page/compare.ts';
import type { ShownPair, ShownView } from '#protocol/page/pair.ts';

import { say } from '../say.ts';
import type { Server } from '../server.ts';
import { activeUri, datasetTabOf, savesEdits } from '../tabs.ts';
import { hasNoText } from '../uris.ts';
import { isLarge } from '../views/largeFiles.ts';
import { openLink } from '../views/openLink.ts';
import type { ShowRecord } from '../views/showRecord.ts';
import type { SideTexts } from '../views/sideTexts.ts';
import { serveSideTexts } from '../views/sideTexts.ts';
import type { Statuses } from '../views/statuses.ts';
import { channelTo } from './channel.ts';
import { flipHistory } from './editHistory.ts';
import { followCursor } from './followCursor.ts';
import { pageOf, pageOptions, RECORD_STYLES } from './page.ts';
import { PairController } from './pairController.ts';
import { pairPorts, pairRequests, refreshPair } from './pairPorts.ts';
import type { ViewMemory } from './viewMemory.ts';
import { viewMemory } from './viewMemory.ts';

const COMPARE_VIEW = 'preflens.compare';

/** Key of the last shown pair in the workspace's state. */
const PLACE = 'compare.place';

/** Has VS Code send the text of a file to the server. False for what it refuses: compressed files. */
async function opensAsDocument(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.openTextDocument(file).then(
    () => true,
    () => false,
  );
}

function titleOf(view: RecordView): string {
  return view.record < 0 ? t('Compare: {0}', view.fileName) : t('Compare: line {0}', view.line + 1);
}

/** A panel, the channel to its page, and what the page shows. */
interface Open {
  readonly panel: vscode.WebviewPanel;
  readonly channel: Channel<CompareClientSends>;
  readonly pairs: PairController;
}

/** Shows one pair beside the text. One panel serves all files. */
export class ComparePanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #root: vscode.Uri;
  readonly #memory: vscode.Memento;
  readonly #server: Server;
  readonly #statuses: Statuses;
  readonly #showRecord: ShowRecord;
  readonly #sides: SideTexts;
  readonly #view: ViewMemory;
  readonly #subscriptions: vscode.Disposable[] = [];
  #open: Open | undefined;

  constructor(
    { extensionUri, workspaceState }: vscode.ExtensionContext,
    server: Server,
    statuses: Statuses,
    showRecord: ShowRecord,
  ) {
    this.#root = extensionUri;
    this.#memory = workspaceState;
    this.#server = server;
    this.#statuses = statuses;
    this.#showRecord = showRecord;
    this.#view = viewMemory(workspaceState, 'compare');
    this.#sides = serveSideTexts(server, statuses);
    this.#subscriptions.push(
      statuses.onChange((uri) => {
        if (this.shown?.uri === uri) this.#refresh();
      }),
      vscode.window.registerWebviewPanelSerializer(COMPARE_VIEW, this),
      this.#sides.registered,
      followCursor(server, {
        shown: () => (this.#view.options?.isPinned === true ? undefined : this.shown),
        show: async (ref) => this.#follow(ref),
      }),
    );
  }

  /** Shows a record beside the text. */
  async open(ref: RecordRef): Promise<void> {
    await this.#present(async ({ pairs }) => pairs.open(ref));
  }

  /** Shows the first finding of a file. */
  async review(uri: string): Promise<void> {
    await this.#present(async ({ pairs }) => pairs.review(uri));
  }

  /** Does in the view what a key or a button of it does. */
  act(action: PageAction): void {
    this.#open?.channel.notify('act', { action });
  }

  /** The record that is shown. */
  get shown(): RecordRef | undefined {
    return this.#open?.pairs.selected;
  }

  /** The file that the person looks at: the compared one while the view has the focus, and else the one in an editor. */
  get fileMeant(): string | undefined {
    const shown = this.shown?.uri;
    return this.#open?.panel.active === true ? (shown ?? activeUri()) : (activeUri() ?? shown);
  }

  /**
   * After a reload VS Code restores the panel. The last pair is kept in the workspace's state, since VS Code saves a page's own
   * state when it closes, and a browser may not wait for that.
   */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    const place = this.#memory.get<ShownPair>(PLACE);
    if (this.#open || !place) {
      panel.dispose();
      return;
    }
    panel.webview.options = pageOptions(this.#root);
    const open = this.#fill(panel);
    const { pairs } = open;
    this.#post(open, await pairs.open(place));
    if (pairs.view?.kind === 'empty' && pairs.view.isPending) await this.#load(place.uri);
  }

  dispose(): void {
    this.#open?.panel.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #follow(ref: RecordRef): Promise<void> {
    const open = this.#open;
    if (open) this.#post(open, await open.pairs.open(ref));
  }

  async #present(show: (open: Open) => Promise<ShownView>): Promise<void> {
    const open = this.#open ?? this.#create();
    open.panel.reveal(undefined, false);
    this.#post(open, await show(open));
  }

  #create(): Open {
    return this.#fill(
      vscode.window.createWebviewPanel(COMPARE_VIEW, t('Compare'), vscode.ViewColumn.Beside, {
        ...pageOptions(this.#root),
        enableFindWidget: true,
      }),
    );
  }

  #fill(panel: vscode.WebviewPanel): Open {
    const ports = pairPorts(this.#server, this.#statuses);
    const history = flipHistory(async (ref) => ports.edit(ref, { kind: 'flip' }));
    const pairs = new PairController({ ...ports, history });
    let isReady = false;
    const channel = channelTo<CompareClientSends, ComparePageSends>(panel, {
      handlers: {
        ...pairRequests(this.#server),
        act: async ({ action, at }) => {
          if (action === 'reveal') {
            const view = await pairs.viewOf(at);
            await this.#showRecord(view, view.line);
            return null;
          }
          if (action === 'diff') {
            await this.#sides.compare(at);
            return null;
          }
          if (action === 'widen') {
            panel.reveal(vscode.ViewColumn.One);
            return null;
          }
          const shown = await pairs.act(action, at);
          if (shown) this.#remember(panel, shown.view);
          return shown;
        },
      },
      listeners: {
        ready: () => {
          const { options } = this.#view;
          if (options) channel.notify('options', options);
          if (pairs.shown) channel.notify('view', pairs.shown);
          // The page was hidden, and changes were not sent to it.
          if (isReady) this.#refresh();
          isReady = true;
        },
        options: (options) => {
          this.#view.remember(options);
        },
        openPlace: (place) => {
          const { view } = pairs;
          if (view) void this.open({ uri: view.uri, ...place });
        },
        openLink: ({ address }) => {
          void openLink(address);
        },
        mapFields: () => {
          void vscode.commands.executeCommand('preflens.mapFields', pairs.selected?.uri);
        },
      },
      revision: () => this.#statuses.revision(pairs.selected?.uri ?? ''),
    });
    const open: Open = { panel, channel, pairs };
    this.#open = open;
    panel.iconPath = vscode.Uri.joinPath(this.#root, 'media', 'icons', 'compare.svg');
    panel.onDidDispose(() => {
      this.#open = undefined;
    });
    panel.webview.html = pageOf(panel.webview, this.#root, {
      title: t('Compare'),
      script: 'compare.js',
      styles: RECORD_STYLES,
    });
    return open;
  }

  /** Opens a file in the server. After a reload VS Code opens only files whose tabs are visible. */
  async #load(uri: string): Promise<void> {
    const file = vscode.Uri.parse(uri);
    const tab = savesEdits(uri) ? datasetTabOf(uri)?.tab : undefined;
    // The dataset editor opens it, with its backup.
    if (hasNoText(file) || tab?.isActive === true || tab?.isDirty === true) return;
    // Of a large file VS Code would read every byte, with all else waiting, and then refuse the document.
    if (!(await isLarge(file)) && (await opensAsDocument(file))) return;
    const opened = await this.#server.request('preflens/openFile', { uri });
    if (!opened.ok) void say('warning', opened.why);
  }

  #refresh(): void {
    const open = this.#open;
    if (!open?.panel.visible) return;
    refreshPair(open.pairs, ({ shown }) => {
      this.#post(open, shown);
    });
  }

  #post({ panel, channel }: Open, shown: ShownView): void {
    this.#remember(panel, shown.view);
    channel.notify('view', shown);
  }

  #remember(panel: vscode.WebviewPanel, view: RecordView): void {
    const { uri, record, pair } = view;
    void this.#memory.update(PLACE, { uri, record, pair } satisfies ShownPair);
    // The person may have closed the panel before the view arrived.
    if (this.#open?.panel === panel) panel.title = titleOf(view);
  }
}
