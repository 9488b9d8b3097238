// Reports as documents that VS Code never asks to save.
import * as vscode from 'vscode';

const REPORT_SCHEME = 'preflens-report';

export interface Reports {
  show(title: string, lines: readonly string[]): Promise<void>;
  dispose(): void;
}

export function serveReports(): Reports {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const subscriptions = vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
    }),
  );
  return {
    async show(title, lines) {
      const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${title}` });
      texts.set(uri.path, `${[title, '', ...lines].join('\n')}\n`);
      changed.fire(uri);
      await vscode.window.showTextDocument(uri, { preview: true });
    },
    dispose() {
      subscriptions.dispose();
    },
  };
}
