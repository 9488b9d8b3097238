// Edits, decisions and exports of many rows of a list at once.
import { messages } from '#core/messages.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { decideAboutAll } from '#node/memory.ts';
import { isSamePlace, writeWhole } from '#node/write.ts';
import type { BatchDone, BatchEdit, RowsRef, RuleCount } from '#protocol/editor/batch.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RowSelection } from '#protocol/editor/rows.ts';

import type { OpenDataset } from './dataset.ts';
import { LABELS } from './edit.ts';
import type { PairPlace } from './findingLists.ts';
import type { Host } from './host.ts';
import { pathOf } from './names.ts';
import { outcomeOf } from './outcome.ts';
import type { PlannedEdit } from './planEdit.ts';
import { editOf } from './planEdit.ts';
import { whyNotEdited } from './reasons.ts';
import { ruleCounts } from './ruleCounts.ts';
import type { OpenFile } from './state.ts';
import { worstPair } from './worstPair.ts';

/** Rows of one batch edit: an editor takes them as one edit. */
const MAX_EDITED = 20_000;

const SECOND_PAIR = 'Another pair of the same record was changed. Mark these rows again for them';

/** The row at a place of a list. Without a pair, the row is about the one that speaks most against its label. */
export type PlaceAt = (
  index: number,
) => { readonly record: number; readonly pair?: number | undefined } | undefined;

/** Rows that a person marked, and their list. */
export interface MarkedRows {
  readonly rows: RowsRef;
  readonly placeAt: PlaceAt;
}

/** In the plain order of the file, only changes of the text move rows. */
function isPlain({ order, query, sort, sample }: RowSelection): boolean {
  return order === 'all' && query === '' && !sort && !sample;
}

/** The places of the marked rows. Throws if others may stand there by now. */
function placesOf(dataset: OpenDataset, { rows, placeAt }: MarkedRows): readonly PairPlace[] {
  const { selection, ranges, places: named, at } = rows;
  const isMoved =
    named || isPlain(selection) ? at.generation !== dataset.generation : at.revision !== dataset.revision;
  if (isMoved) throw messages.rowsMoved();
  if (named) return named;
  const places: PairPlace[] = [];
  for (const { start, end } of ranges) {
    for (let index = start; index < end; index++) {
      const place = placeAt(index);
      if (!place) continue;
      const { record, pair } = place;
      const read = pair === undefined ? dataset.readRecord(record) : undefined;
      places.push({ record, pair: pair ?? (read ? worstPair(dataset, read) : 0) });
    }
  }
  return places;
}

/** Counts reasons, the commonest first. */
class Reasons {
  readonly #counts = new Map<string, number>();

  add(why: string): void {
    this.#counts.set(why, (this.#counts.get(why) ?? 0) + 1);
  }

  get sorted(): BatchDone['left'] {
    return [...this.#counts].map(([why, count]) => ({ why, count })).sort((a, b) => b.count - a.count);
  }
}

interface BatchPlan {
  readonly plans: readonly PlannedEdit[];
  readonly left: BatchDone['left'];
}

function planBatch(file: OpenFile, places: readonly PairPlace[], kind: BatchEdit): BatchPlan {
  const { dataset } = file;
  const { uri } = dataset.source;
  const plans = new Map<number, PlannedEdit>();
  const left = new Reasons();
  for (const { record, pair } of places) {
    if (plans.has(record)) {
      // A drop takes all pairs of the record.
      if (kind !== 'drop') left.add(SECOND_PAIR);
      continue;
    }
    const ref = { uri, record, pair };
    const planned = editOf(dataset, ref, { kind });
    if (!planned || 'refused' in planned) left.add(planned?.refused ?? whyNotEdited(file, ref, { kind }));
    else plans.set(record, planned);
  }
  return { plans: [...plans.values()], left: left.sorted };
}

/** Edits the marked rows, as one step of the editor's history. */
export async function editRows(
  file: OpenFile,
  host: Pick<Host, 'applyEdit' | 'edited'>,
  rows: MarkedRows,
  kind: BatchEdit,
): Promise<Outcome<BatchDone>> {
  const { dataset } = file;
  const planned = await outcomeOf(() => {
    const places = placesOf(dataset, rows);
    if (places.length > MAX_EDITED) throw messages.tooManyRows(MAX_EDITED);
    return planBatch(file, places, kind);
  });
  if (!planned.ok) return planned;
  const { plans, left } = planned.value;
  const done: Outcome<BatchDone> = { ok: true, value: { count: plans.length, left } };
  if (plans.length === 0) return done;
  const { pending, uri } = dataset.source;
  const label = `${LABELS[kind]} (${plans.length.toLocaleString('en')})`;
  if (!pending) {
    const applied = await host.applyEdit(dataset, plans, label);
    return applied.ok ? done : applied;
  }
  return outcomeOf(() => {
    const ids = plans.map(({ raw, bytes }) => pending.edit(raw.record, bytes, label));
    host.edited({ uri, id: ids.at(-1) ?? 0, ids, label });
    return { count: plans.length, left };
  });
}

function* findingsAt(dataset: OpenDataset, places: readonly PairPlace[]): Generator<Finding> {
  const seen = new Set<Finding>();
  for (const { record, pair } of places) {
    for (const finding of dataset.findingsOf(record, record === WHOLE_FILE ? undefined : pair)) {
      if (seen.has(finding)) continue;
      seen.add(finding);
      yield finding;
    }
  }
}

/** How many findings each rule has, the most first: of the file, or of the marked rows. */
export function rowRuleCounts(dataset: OpenDataset, rows?: MarkedRows): readonly RuleCount[] {
  const found = rows && findingsAt(dataset, placesOf(dataset, rows));
  return ruleCounts(dataset, found)
    .map(({ rule, severity, count }) => ({ rule, severity, count }))
    .sort((a, b) => b.count - a.count);
}

/** Writes down that the findings of a rule in the marked rows are no faults; how many. */
export async function keepRows(
  dataset: OpenDataset,
  rows: MarkedRows,
  { rule, reason, by = '' }: { readonly rule: string; readonly reason: string; readonly by?: string },
): Promise<number> {
  const path = pathOf(dataset.source.uri);
  const found = [...findingsAt(dataset, placesOf(dataset, rows))].filter((one) => one.rule === rule);
  if (path === undefined || found.length === 0) throw messages.notKept();
  await decideAboutAll(
    path,
    found.map((finding) => ({ key: dataset.keyOf(finding), rule, decision: 'keep', reason, by })),
  );
  return found.length;
}

/** Records as lines; those of a JSON document as a list, since they may span lines. */
function* textOf(dataset: OpenDataset, records: readonly number[]): Generator<Uint8Array> {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const { isDocument } = dataset.source;
  if (isDocument) yield encode('[\n');
  for (const [number, record] of records.entries()) {
    if (isDocument && number > 0) yield encode(',\n');
    const raw = dataset.rawRecord(record);
    if (raw?.fault !== undefined) throw messages.notExported(record, raw.fault);
    if (raw) yield raw.bytes;
    if (!isDocument) yield encode('\n');
  }
  if (isDocument) yield encode('\n]\n');
}

async function* streamed(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

/** Writes the records of the marked rows to a file of their own, byte for byte; how many. */
export async function exportRows(
  dataset: OpenDataset,
  rows: MarkedRows,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const own = pathOf(dataset.source.uri);
  if (own !== undefined && (await isSamePlace(own, path))) throw messages.exportOverItself(path);
  const { pending } = dataset.source;
  const named = placesOf(dataset, rows).map(({ record }) => record);
  const records = [...new Set(named)].filter((one) => one >= 0 && pending?.isDropped(one) !== true);
  await writeWhole(path, streamed(textOf(dataset, records)), { signal });
  return records.length;
}
