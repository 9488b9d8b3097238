// All texts of the editor that need a translation, read from the sources, and visible texts that have none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import { formsKey } from '#core/words/translate.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What people see in the editor. Findings, hovers and the command line stay English. */
const FOLDERS = ['client/src', 'media/src', 'server/src/core/drawing', 'server/src/core/words'];

/** What the server writes for pages, between texts that stay English: only calls of `t` and the like are read. */
const FOR_PAGES = [
  ...['about', 'explain', 'style', 'wordLists'].map((name) => `server/src/core/score/${name}.ts`),
  ...['checklist', 'ensemble', 'neighbours', 'overlap', 'reference', 'stack', 'voteBook'].map(
    (name) => `server/src/core/reward/${name}.ts`,
  ),
  ...['checklist', 'columns', 'command', 'overlap', 'pairTable'].map(
    (name) => `server/src/node/scorers/${name}.ts`,
  ),
  ...['reasons', 'reviewedWords', 'scores', 'tokens', 'trust'].map((name) => `server/src/session/${name}.ts`),
  ...['pair', 'parts', 'review'].map((name) => `server/src/session/views/${name}.ts`),
];

export interface Texts {
  /** In the order of the alphabet. */
  readonly keys: readonly string[];
  /** A place and what is wrong there. */
  readonly faults: readonly string[];
}

/** Where the functions themselves are. */
const OWN = 'server/src/core/words/';

/** Properties of an object, and attributes of an element, that people read or hear. */
const SHOWN_PROPERTIES = new Set([
  'title',
  'label',
  'prompt',
  'placeHolder',
  'detail',
  'description',
  'tooltip',
  'openLabel',
  'saveLabel',
]);
const SHOWN_ATTRIBUTES = new Set(['title', 'label', 'detail', 'aria-label', 'placeholder', 'alt', 'text']);

/** Calls that show arguments, from the first to the last of these numbers. */
const SHOWING: ReadonlyMap<string, readonly [from: number, to?: number]> = new Map([
  ['say', [1]],
  ['confirm', [0]],
  ['link', [0, 1]],
  ['TreeItem', [0, 1]],
  ['showInformationMessage', [0]],
  ['showWarningMessage', [0]],
  ['showErrorMessage', [0]],
]);

/** Names and icons, which are the same in every language. */
const NAMES =
  /\b(?:PrefLens|ChatML|Llama|Mistral Instruct|Zephyr|Gemma|TAG|PREFLENS_SECRET_REWARD)\b|https:\S+|\$\([\w~-]+\)/g;

/** Elements of keys, of names, and of samples that nobody reads. */
const UNREAD = new Set(['kbd', 'code', 'mark']);

function literalsOf(node: ts.Node): readonly string[] | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return literalsOf(node.expression);
  if (!ts.isConditionalExpression(node)) return undefined;
  const [yes, no] = [literalsOf(node.whenTrue), literalsOf(node.whenFalse)];
  return yes && no && [...yes, ...no];
}

/** Words that an expression shows as they are written. */
function wordsOf(node: ts.Node | undefined): readonly string[] {
  if (!node) return [];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  if (ts.isParenthesizedExpression(node) || ts.isJsxExpression(node)) return wordsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...wordsOf(node.whenTrue), ...wordsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind !== ts.SyntaxKind.EqualsEqualsEqualsToken)
    return [...wordsOf(node.left), ...wordsOf(node.right)];
  return [];
}

const isWord = (text: string): boolean => /[A-Za-z]{2}/.test(text.replace(NAMES, ''));

const nameOf = (node: ts.Node): string =>
  ts.isIdentifier(node) ? node.text : ts.isPropertyAccessExpression(node) ? node.name.text : '';

const isInFunction = (node: ts.Node): boolean =>
  ts.findAncestor(node, (one) => ts.isFunctionLike(one)) !== undefined;

/** The text of an element between its tags. */
function isRead(node: ts.JsxText): boolean {
  const { parent } = node;
  const tag = ts.isJsxElement(parent) ? parent.openingElement.tagName.getText() : '';
  return isWord(node.text) && !UNREAD.has(tag);
}

class Reader {
  readonly keys = new Set<string>();
  readonly faults: string[] = [];
  readonly #file: ts.SourceFile;
  readonly #path: string;

  constructor(path: string, text: string) {
    const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    this.#path = path;
    this.#file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
    this.#visit(this.#file);
  }

  #fault(node: ts.Node, what: string): void {
    const { line } = this.#file.getLineAndCharacterOfPosition(node.getStart());
    this.faults.push(`${this.#path}:${line + 1} ${what}`);
  }

  #add(node: ts.Node | undefined): readonly string[] {
    const texts = node && literalsOf(node);
    if (texts) return texts;
    if (node) this.#fault(node, 'is no literal: the list of texts is read from the sources');
    return [];
  }

  /** Forms that belong together, of which one or two may be chosen by a condition. */
  #call(node: ts.CallExpression): void {
    const [first, second, third] = node.arguments;
    const name = nameOf(node.expression);
    const isTranslating = name === 't' || name === 'plural' || name === 'counted';
    if (isTranslating && !isInFunction(node)) this.#fault(node, 'runs before the language is known');
    if (name === 'english') for (const text of this.#add(first)) this.keys.add(text);
    if (name === 't' && first) for (const text of literalsOf(first) ?? []) this.keys.add(text);
    if (this.#path.startsWith(OWN)) return;
    if (name === 'plural') {
      const [one = ''] = this.#add(second);
      const [many = `${one}s`] = third ? this.#add(third) : [];
      this.keys.add(formsKey(`{0} ${one}`, `{0} ${many}`));
    }
    if (name === 'counted') this.keys.add(formsKey(...this.#add(second), ...this.#add(third)));
  }

  #shown(node: ts.Node): void {
    if (FOR_PAGES.includes(this.#path)) return;
    if (wordsOf(node).some(isWord)) this.#fault(node, 'is visible, and has no t()');
  }

  #visit(node: ts.Node): void {
    if (ts.isCallExpression(node)) this.#call(node);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const range = SHOWING.get(nameOf(node.expression));
      if (range && node.arguments) for (const one of node.arguments.slice(...range)) this.#shown(one);
    }
    if (ts.isPropertyAssignment(node) && SHOWN_PROPERTIES.has(node.name.getText()))
      this.#shown(node.initializer);
    if (ts.isJsxAttribute(node) && node.initializer && SHOWN_ATTRIBUTES.has(node.name.getText()))
      this.#shown(node.initializer);
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) this.#shown(node);
    if (ts.isJsxText(node) && isRead(node)) this.#fault(node, 'is visible, and has no t()');
    node.forEachChild((child) => {
      this.#visit(child);
    });
  }
}

/** The texts of one source. */
export function textsOf(path: string, source: string): Texts {
  const { keys, faults } = new Reader(path, source);
  return { keys: [...keys], faults };
}

/** The texts of all sources. */
export function allTexts(): Texts {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  const all = [...files, ...FOR_PAGES].map((path) => textsOf(path, readFileSync(join(ROOT, path), 'utf8')));
  return {
    keys: [...new Set(all.flatMap(({ keys }) => keys))].sort(),
    faults: all.flatMap(({ faults }) => faults),
  };
}
