// How mappings name fields: 'info.post', 'question|instruction' (the first that is there), '"a.b".0' (a name with a dot).
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';

/**
 * A path of names and list positions joined by dots, or several of them joined by bars: the first one that
 * a record has counts. Names that hold a dot, a bar or a quote, or that look like a number, stand in double
 * quotes as in JSON. The empty string is the value itself.
 */
export type FieldRef = string;

/** A value and where it stands. */
export interface Found {
  readonly path: Path;
  readonly value: Json;
}

const STEP = /"(?:[^"\\]|\\.)*"|[^.|"]+/y;
const parsed = new Map<FieldRef, readonly Path[]>();

/** Undefined when the reference is not well formed. */
export function parseFieldRef(ref: FieldRef): readonly Path[] | undefined {
  const paths: (string | number)[][] = [[]];
  if (ref === '') return paths;
  let at = 0;
  for (;;) {
    STEP.lastIndex = at;
    const step = STEP.exec(ref)?.[0];
    if (step === undefined) return undefined;
    const name = step.startsWith('"')
      ? (JSON.parse(step) as string)
      : /^\d+$/.test(step)
        ? Number(step)
        : step;
    paths.at(-1)?.push(name);
    at += step.length;
    if (at === ref.length) return paths;
    if (ref[at] === '|') paths.push([]);
    else if (ref[at] !== '.') return undefined;
    at++;
  }
}

/** All paths of a reference, in the order in which they are tried. */
export function pathsOf(ref: FieldRef): readonly Path[] {
  const known = parsed.get(ref);
  if (known) return known;
  const paths = parseFieldRef(ref) ?? [[ref]];
  parsed.set(ref, paths);
  return paths;
}

/** The value at a path; undefined where a step is not there. */
export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  let value = root;
  for (const step of path) {
    if (typeof step === 'number') value = isList(value) ? value[step] : undefined;
    else value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** The first of the reference's fields that holds something; null counts as nothing. */
export function findField(root: Json, ref: FieldRef, base: Path = []): Found | undefined {
  for (const path of pathsOf(ref)) {
    const value = valueAt(root, path);
    if (value !== undefined && value !== null)
      return { path: base.length > 0 ? [...base, ...path] : path, value };
  }
  return undefined;
}

/** A path as people write it: `info.summaries[1].text`. */
export function formatPath(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

/** Top-level names that a record has for a reference, for messages. */
export function nameOf(ref: FieldRef): string {
  return pathsOf(ref)
    .map((path) => `"${formatPath(path)}"`)
    .join(' or ');
}

export function hasField(record: JsonObject, ref: FieldRef): boolean {
  return pathsOf(ref).some((path) => valueAt(record, path) !== undefined);
}
