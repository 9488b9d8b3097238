// The diagram of the rooms in ARCHITECTURE.md, made from the imports of the code.
import type { Imports } from './imports.ts';
import { roomOf, ROOMS } from './rooms.mjs';

/** Room → the rooms that its files import. */
export type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

export function arrowsOf(imports: Imports): Arrows {
  const arrows = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const own = roomOf(file)!.name;
    const to = arrows.get(own) ?? new Set<string>();
    arrows.set(own, to);
    for (const target of targets) {
      const other = roomOf(target)?.name;
      if (other !== undefined && other !== own) to.add(other);
    }
  }
  return arrows;
}

/** Arrows to a room that is not lower. */
export function risingArrows(arrows: Arrows): readonly string[] {
  return [...arrows].flatMap(([from, to]) =>
    [...to].filter((other) => isRising(from, other)).map((other) => `${from} → ${other}`),
  );
}

const heights = new Map(ROOMS.map(({ name }, i) => [name, i]));

function isRising(from: string, to: string): boolean {
  return heights.get(to)! >= heights.get(from)!;
}

function withoutRising(arrows: Arrows): Arrows {
  return new Map(
    [...arrows].map(([from, to]) => [from, new Set([...to].filter((other) => !isRising(from, other)))]),
  );
}

/** The arrows of merged rooms: `core/json` and `core/checks` are both `core`. */
function joined(arrows: Arrows, nameOf: (room: string) => string): Arrows {
  const out = new Map<string, Set<string>>();
  for (const [from, to] of arrows) {
    const own = nameOf(from);
    const all = out.get(own) ?? new Set<string>();
    out.set(own, all);
    for (const other of to) if (nameOf(other) !== own) all.add(nameOf(other));
  }
  return out;
}

function reach(arrows: Arrows, from: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const to of arrows.get(from) ?? []) {
    if (!seen.has(to)) {
      seen.add(to);
      reach(arrows, to, seen);
    }
  }
  return seen;
}

/** Arrows without those that a longer path implies. */
export function reduced(arrows: Arrows): Arrows {
  return new Map(
    [...arrows].map(([from, to]) => [
      from,
      new Set(
        [...to].filter((one) => ![...to].some((other) => other !== one && reach(arrows, other).has(one))),
      ),
    ]),
  );
}

/** Rooms by depth: each imports only from lower rows. Rooms that no other room imports come first. */
function rowsOf(arrows: Arrows): readonly (readonly string[])[] {
  const depth = new Map<string, number>();
  const depthOf = (room: string): number => {
    const known = depth.get(room);
    if (known !== undefined) return known;
    const above = [...arrows].filter(([, to]) => to.has(room)).map(([from]) => depthOf(from));
    const own = 1 + Math.max(-1, ...above);
    depth.set(room, own);
    return own;
  };
  const rows: string[][] = [];
  for (const room of arrows.keys()) (rows[depthOf(room)] ??= []).push(room);
  return rows;
}

const idOf = (room: string): string => room.replaceAll('/', '_');

function picture(arrows: Arrows): string {
  const named = new Set<string>();
  const node = (room: string): string => {
    if (named.has(room)) return idOf(room);
    named.add(room);
    return `${idOf(room)}["${room}"]`;
  };
  const drawn = reduced(arrows);
  const lines = rowsOf(arrows)
    .flat()
    .filter((room) => drawn.get(room)!.size > 0)
    .map((room) => `  ${node(room)} --> ${[...drawn.get(room)!].map(node).join(' & ')}`);
  return ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n');
}

function list(arrows: Arrows, holds: (room: string) => string): string {
  return rowsOf(arrows)
    .map((rooms, i) => `${i + 1}. ${rooms.map((room) => `**${room}** (${holds(room)})`).join(', ')}`)
    .join('\n');
}

function notDrawn(arrows: Arrows): string {
  const drawn = reduced(arrows);
  const more = [...arrows].flatMap(([from, to]) => {
    const others = [...to].filter((one) => !drawn.get(from)!.has(one));
    return others.length === 0 ? [] : [`${from} → ${others.join(', ')}`];
  });
  return more.length === 0
    ? ''
    : `\n\n<details><summary>More imports, not drawn: the arrows lead there by a longer way</summary>\n\n${more.map((one) => `- ${one}`).join('\n')}\n\n</details>`;
}

const holdsOf = new Map(ROOMS.map(({ name, holds }) => [name, holds]));

/** Diagrams and lists of the rooms, as Markdown. */
export function graphText(imports: Imports): string {
  const all = arrowsOf(imports);
  const arrows = withoutRising(all);
  const rising = risingArrows(all);
  const isCore = (room: string): boolean => room.startsWith('core/');
  const whole = joined(arrows, (room) => (isCore(room) ? 'core' : room));
  const core = new Map([...arrows].filter(([room]) => isCore(room)));
  return [
    'Arrows point at what is imported, types included; each row imports from lower rows alone.',
    picture(whole),
    list(whole, (room) => (room === 'core' ? 'everything pure, below' : (holdsOf.get(room) ?? ''))) +
      notDrawn(whole),
    'Inside `core`:',
    picture(core),
    list(core, (room) => holdsOf.get(room) ?? '') + notDrawn(core),
    ...(rising.length > 0 ? [`Still points up: ${rising.join(', ')}.`] : []),
  ].join('\n\n');
}

export const START = '<!-- made by `npm run graph` -->';
export const END = '<!-- end of what `npm run graph` makes -->';

/** ARCHITECTURE.md with this text between the markers. */
export function withGraph(architecture: string, text: string): string {
  const [start, end] = [architecture.indexOf(START), architecture.indexOf(END)];
  if (start < 0 || end < start) throw new Error('ARCHITECTURE.md has no markers for the graph.');
  return `${architecture.slice(0, start)}${START}\n\n${text}\n\n${architecture.slice(end)}`;
}
