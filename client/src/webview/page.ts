// The HTML around a page's script, and what the page may load.
import * as vscode from 'vscode';

import { spokenLanguage, t } from '#core/words/translate.ts';

function nonce(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** JSON inside of a script element, which no text in it ends. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** The files of a page in `dist`. */
export interface PageParts {
  readonly title: string;
  readonly script: string;
  readonly styles: readonly string[];
}

/** Of pages that draw a record. */
export const RECORD_STYLES = ['compare.css', 'viewBar.css', 'texts.css', 'fields.css'];

/**
 * Loads only our own scripts, styles and fonts: no inline code, no network. Scripts that the first one imports inherit its nonce.
 * Pictures come as data URIs of the dataset itself.
 */
export function pageOf(
  webview: vscode.Webview,
  root: vscode.Uri,
  { title, script, styles }: PageParts,
): string {
  const once = nonce();
  const language = spokenLanguage();
  const at = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(root, 'dist', name)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; font-src ${webview.cspSource}; img-src data:; script-src 'nonce-${once}'`;
  const links = styles.map((name) => `<link rel="stylesheet" href="${at(name)}">`).join('\n');
  return `<!DOCTYPE html>
<html lang="${language?.name ?? 'en'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${links}
<title>${title}</title>
${language ? `<script type="application/json" id="language">${inScript(language)}</script>` : ''}
</head>
<body><p class="nothing">${t('Loading…')}</p><script type="module" nonce="${once}" src="${at(script)}"></script></body>
</html>`;
}

export function pageOptions(root: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(root, 'dist')] };
}
