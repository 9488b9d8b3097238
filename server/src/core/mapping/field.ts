// Field references: 'info.post', 'question|instruction' (the first that exists), '"a.b".0' (a name with a dot).
import { isNothing } from '../model/canonical.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';

/**
 * A path of names and list positions joined with dots, or alternatives joined with bars: the first one that the
 * record has applies. A name that contains a dot, bar or quote, or looks like a number, is in double quotes as in
 * JSON. The empty string is the value itself.
 */
export type FieldRef = string;

export interface Found {
  readonly path: Path;
  readonly value: Json;
}

const STEP = /"(?:[^"\\]|\\.)*"|[^.|"]+/y;
const parsed = new Map<FieldRef, readonly Path[]>();

const NUMBER = /^\d+$/;

/** Names without dots and quotes: most references are lists of them, some of hundreds. */
const PLAIN = /^[^."|]+(?:\|[^."|]+)*$/;

/** Undefined if the reference is malformed. */
export function parseFieldRef(ref: FieldRef): readonly Path[] | undefined {
  if (PLAIN.test(ref)) return ref.split('|').map((name) => [NUMBER.test(name) ? Number(name) : name]);
  const paths: (string | number)[][] = [[]];
  if (ref === '') return paths;
  let at = 0;
  for (;;) {
    STEP.lastIndex = at;
    const step = STEP.exec(ref)?.[0];
    if (step === undefined) return undefined;
    const name = step.startsWith('"')
      ? (JSON.parse(step) as string)
      : NUMBER.test(step)
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

/** Number of the first step in which two paths differ; 0 if they are the same. */
export function forkOf(a: Path, b: Path): number {
  return Math.max(
    0,
    a.findIndex((step, i) => step !== b[i]),
  );
}

const refStep = (step: string | number): string =>
  typeof step === 'string' && !/^[^.|"\d][^.|"]*$/.test(step) ? JSON.stringify(step) : String(step);

/** The reference to a path. */
export function refOf(path: Path): FieldRef {
  return path.map(refStep).join('.');
}

/** All alternatives of a reference, in the order to try them. */
export function pathsOf(ref: FieldRef): readonly Path[] {
  const known = parsed.get(ref);
  if (known) return known;
  const paths = parseFieldRef(ref) ?? [[ref]];
  parsed.set(ref, paths);
  return paths;
}

/** The value at a path; undefined if a step does not exist. */
export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  let value = root;
  for (const step of path) {
    if (typeof step === 'number') value = isList(value) ? value[step] : undefined;
    else value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/**
 * The first of a reference's alternatives with a value; null counts as none. An alternative that is empty, or that
 * does not fit, is used only if no other has a value.
 */
export function findField(
  root: Json,
  ref: FieldRef,
  base: Path = [],
  fits?: (value: Json) => boolean,
): Found | undefined {
  let found: Found | undefined;
  const paths = pathsOf(ref);
  for (const path of paths) {
    const value = valueAt(root, path);
    if (value === undefined || value === null) continue;
    const isBest = paths.length === 1 || (!isNothing(value) && (fits?.(value) ?? true));
    if (found && !isBest) continue;
    found = { path: base.length > 0 ? [...base, ...path] : path, value };
    if (isBest) return found;
  }
  return found;
}

/** A path for messages: `info.summaries[1].text`. */
export function formatPath(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

/** Names to list; a field with more of them has its usual ones first. */
const MAX_NAMES = 3;

/** The names in a reference, for messages. */
export function nameOf(ref: FieldRef): string {
  const names = pathsOf(ref).map((path) => `"${formatPath(path)}"`);
  if (names.length <= MAX_NAMES + 1) return names.join(' or ');
  return `${names.slice(0, MAX_NAMES).join(', ')} or a similar name`;
}

export function hasField(record: JsonObject, ref: FieldRef): boolean {
  return pathsOf(ref).some((path) => valueAt(record, path) !== undefined);
}
