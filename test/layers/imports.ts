// The imports of the sources as a graph, types included.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import { resolveImport } from './rooms.mjs';

export const ROOT = join(import.meta.dirname, '..', '..');

/** File → the files that it imports. Paths are relative to the repository root. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const FOLDERS = ['server/src', 'client/src', 'media/src'];

/** The names after `from`, in `import()` and in the type `import('…')`. */
export function importedNames(text: string): readonly string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    let name: ts.Node | undefined;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) name = node.moduleSpecifier;
    else if (ts.isImportTypeNode(node))
      name = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      [name] = node.arguments;
    if (name && ts.isStringLiteralLike(name)) names.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest));
  return names;
}

export function readImports(): Imports {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name.replaceAll('\\', '/')}`,
    ),
  ).filter((file) => /\.tsx?$/.test(file));
  return new Map(
    files.sort().map((file) => {
      const names = importedNames(readFileSync(join(ROOT, file), 'utf8'));
      const targets = names.flatMap((name) => resolveImport(file, name) ?? []);
      return [file, [...new Set(targets)].filter((target) => /\.tsx?$/.test(target))];
    }),
  );
}

/** A shortest way from a file back to itself, without leaving `within`. */
function shortestCircle(imports: Imports, start: string, within: ReadonlySet<string>): readonly string[] {
  const from = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const target of imports.get(file) ?? []) {
      if (target === start) {
        const way = [file];
        while (way[0] !== start) way.unshift(from.get(way[0]!)!);
        return [...way, start];
      }
      if (within.has(target) && !from.has(target)) {
        from.set(target, file);
        queue.push(target);
      }
    }
  }
  return [];
}

/** Files that import each other, directly or not: one shortest circle per group. */
export function findCircles(imports: Imports): readonly (readonly string[])[] {
  const reach = new Map<string, ReadonlySet<string>>();
  const reachOf = (file: string): ReadonlySet<string> => {
    const known = reach.get(file);
    if (known) return known;
    const seen = new Set<string>();
    const queue = [file];
    for (const one of queue) {
      for (const target of imports.get(one) ?? []) {
        if (seen.has(target)) continue;
        seen.add(target);
        queue.push(target);
      }
    }
    reach.set(file, seen);
    return seen;
  };
  const circles: (readonly string[])[] = [];
  const done = new Set<string>();
  for (const file of imports.keys()) {
    if (done.has(file) || !reachOf(file).has(file)) continue;
    const group = new Set([...reachOf(file)].filter((one) => reachOf(one).has(file)));
    for (const one of group) done.add(one);
    circles.push(
      [...group].map((one) => shortestCircle(imports, one, group)).sort((a, b) => a.length - b.length)[0]!,
    );
  }
  return circles;
}
