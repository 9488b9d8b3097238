import type { Key } from '../../hash.ts';
import type { Rule } from '../check.ts';
import type { PairSpace, RelationCheck, ReportRelation } from './relation.ts';
import { isEmptyPrompt, KeyTable } from './relation.ts';

const preferenceCycle: Rule = {
  id: 'preference-cycle',
  severity: 'warning',
  title: 'The labels of one prompt form a cycle',
  why: 'Each of three or more answers to one prompt is labelled better than the next, and the last better than the first. No reward can satisfy that: at least one label is wrong.',
  example: 'Three pairs of one prompt: A over B, B over C, C over A.',
  remedy: 'Read the answers and flip or drop one pair.',
  repairs: [
    { edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' },
    { edit: 'drop', grade: 'review', title: 'Drop this record' },
  ],
  source: 'GPM, PairS (they measure it); TIGER-AI-Lab/EditReward#14',
};

/** A cycle of two is an opposite duplicate. */
const MIN_CIRCLE = 3;

function name([low, high]: Key): string {
  return `${low}:${high}`;
}

/** Strongly connected components of a graph of answers (Tarjan), without recursion. */
export function strongParts(edges: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const part = new Map<string, number>();
  const stack: string[] = [];
  let parts = 0;
  for (const root of edges.keys()) {
    if (index.has(root)) continue;
    const path: { node: string; next: number }[] = [];
    const enter = (node: string): void => {
      index.set(node, index.size);
      low.set(node, index.size - 1);
      stack.push(node);
      path.push({ node, next: 0 });
    };
    enter(root);
    for (let frame = path.at(-1); frame; frame = path.at(-1)) {
      const { node } = frame;
      const to = edges.get(node)?.[frame.next++];
      if (to !== undefined) {
        if (!index.has(to)) enter(to);
        else if (!part.has(to)) low.set(node, Math.min(low.get(node) ?? 0, index.get(to) ?? 0));
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above) low.set(above.node, Math.min(low.get(above.node) ?? 0, low.get(node) ?? 0));
      if (low.get(node) !== index.get(node)) continue;
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        part.set(member, parts);
        if (member === node) break;
      }
      parts++;
    }
  }
  return part;
}

function checkPrompt(space: PairSpace, pairs: readonly number[], report: ReportRelation): void {
  const edges = new Map<string, string[]>();
  const ends = pairs.map((pair) => {
    const { file, local } = space.at(pair);
    const { chosenKey, rejectedKey } = file.facts.identity(local);
    const [from, to] = [name(chosenKey), name(rejectedKey)];
    const out = edges.get(from);
    if (out) out.push(to);
    else edges.set(from, [to]);
    if (!edges.has(to)) edges.set(to, []);
    return [from, to] as const;
  });
  const part = strongParts(edges);
  const sizes = new Map<number, number>();
  for (const number of part.values()) sizes.set(number, (sizes.get(number) ?? 0) + 1);
  pairs.forEach((pair, i) => {
    const [from, to] = ends[i] ?? ['', ''];
    const own = part.get(from);
    if (own === undefined || from === to || own !== part.get(to)) return;
    const size = sizes.get(own) ?? 0;
    if (size < MIN_CIRCLE) return;
    report.add(preferenceCycle, pair, () => {
      const other = pairs.find((one, j) => one !== pair && part.get(ends[j]?.[0] ?? '') === own) ?? pair;
      return `The labels of ${size} answers to this prompt form a cycle: each is labelled better than the next. Another pair of it: ${space.placeLabel(other, pair)}.`;
    });
  });
}

/** Cycles among the pairs of one prompt. A cycle needs three pairs; pairs with an empty prompt are skipped. */
function findCycles(space: PairSpace, report: ReportRelation): void {
  const { promptKeys } = space;
  const table = new KeyTable(promptKeys);
  const firsts = new Int32Array(space.count);
  const sizes = new Int32Array(space.count);
  for (let pair = 0; pair < space.count; pair++) {
    const first = table.firstOf(pair);
    firsts[pair] = first;
    sizes[first] = (sizes[first] ?? 0) + 1;
  }
  const waiting = new Map<number, number[]>();
  for (let pair = 0; pair < space.count; pair++) {
    const first = firsts[pair] ?? 0;
    if ((sizes[first] ?? 0) < MIN_CIRCLE) continue;
    const { file, local } = space.at(pair);
    if (file.facts.isTie(local)) continue;
    const pairs = waiting.get(first);
    if (pairs) pairs.push(pair);
    else waiting.set(first, [pair]);
  }
  for (const [first, pairs] of waiting) {
    if (isEmptyPrompt(promptKeys, first)) continue;
    checkPrompt(space, pairs, report);
  }
}

export const preferenceCycles: RelationCheck = { rules: [preferenceCycle], find: findCycles };
