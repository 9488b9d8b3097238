// The findings of an open dataset from all that finds some, as one list: without what people decided to keep, by record, and in
// the order in which a person should look at them.
import type { Search, Stage } from '#core/checks/table.ts';
import { isSearched } from '#core/checks/table.ts';
import { groupBy } from '#core/group.ts';
import type { Keyed } from '#core/memory/baseline.ts';
import type { Decisions } from '#core/memory/decisions.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';

/** A pair by its record and its number there. */
export interface PairPlace {
  readonly record: number;
  readonly pair: number;
}

/** Findings, and how many there really are. */
export interface Counted {
  readonly findings: readonly Finding[];
  readonly counts: ReadonlyMap<string, number>;
  /** Rules that were not looked for everywhere; none where it is not said. */
  readonly partial?: ReadonlySet<string>;
}

/** Where findings come from, in the order in which they are listed. */
const PARTS = ['structure', 'relations', 'label'] as const;
type Part = (typeof PARTS)[number];

/** The stages whose rules each part reports. */
const STAGES: Record<Part, readonly Stage[]> = {
  structure: ['record', 'memory'],
  relations: ['relation', 'dataset'],
  label: ['score'],
};

/** What decisions report of themselves, given what was found of the rules that they name. */
export type MemoryOf = (found: readonly Keyed[], isChecked: (rule: string) => boolean) => readonly Finding[];

/** Labels by rank, then contradictions, then structure by place. */
const REVIEW: readonly Part[] = ['label', 'relations', 'structure'];

const NONE: Counted = { findings: [], counts: new Map() };

export class FindingLists {
  readonly #parts: Record<Part, Counted> = { structure: NONE, relations: NONE, label: NONE };
  readonly #keyOf: (finding: Finding) => string;
  /** Parts that were looked for: of the others nothing can be said to be gone. */
  readonly #known = new Set<Part>();
  #decisions: Decisions | undefined;
  #memoryOf: MemoryOf = () => [];
  #memory: readonly Finding[] | undefined;
  #shown: Record<Part, readonly Finding[]> | undefined;
  #all: readonly Finding[] | undefined;
  #byRecord: Map<number, Finding[]> | undefined;
  #order: readonly PairPlace[] | undefined;

  /** @param keyOf what a finding is known by, now */
  constructor(keyOf: (finding: Finding) => string) {
    this.#keyOf = keyOf;
  }

  set(part: Part, found: Counted): void {
    this.#parts[part] = found;
    this.#known.add(part);
    this.#forget();
  }

  /** Nothing is known of a part any more. */
  clear(part: Part): void {
    this.set(part, NONE);
    this.#known.delete(part);
  }

  setDecisions(decisions: Decisions, memoryOf: MemoryOf): void {
    this.#decisions = decisions;
    this.#memoryOf = memoryOf;
    this.#forget();
  }

  /** Moves the relations to the present numbers of their records; those of records that went go. */
  renumberRelations(renumber: (record: number) => number): void {
    const { findings, counts } = this.#parts.relations;
    const left = new Map(counts);
    const moved = findings.flatMap((finding) => {
      if (finding.record === WHOLE_FILE) return [finding];
      const record = renumber(finding.record);
      if (record >= 0) return [{ ...finding, record }];
      left.set(finding.rule, (left.get(finding.rule) ?? 0) - 1);
      return [];
    });
    this.#parts.relations = { ...this.#parts.relations, findings: moved, counts: left };
    this.#forget();
  }

  get all(): readonly Finding[] {
    this.#all ??= [...PARTS.flatMap((part) => this.#visible()[part]), ...this.#ofMemory()];
    return this.#all;
  }

  /** How many there really are, without those that are kept. */
  get count(): number {
    let total = this.#ofMemory().length;
    for (const part of PARTS) {
      const { findings, counts } = this.#parts[part];
      for (const count of counts.values()) total += count;
      total -= findings.length - this.#visible()[part].length;
    }
    return total;
  }

  of(record: number): readonly Finding[] {
    this.#byRecord ??= groupBy(this.all, (finding) => finding.record);
    return this.#byRecord.get(record) ?? [];
  }

  /** Pairs with findings, each once. */
  get order(): readonly PairPlace[] {
    this.#order ??= this.#orderPairs();
    return this.#order;
  }

  #orderPairs(): readonly PairPlace[] {
    const places = new Map<string, PairPlace>();
    for (const { record, pair = 0 } of REVIEW.flatMap((part) => this.#visible()[part])) {
      const key = `${record}:${pair}`;
      if (record !== WHOLE_FILE && !places.has(key)) places.set(key, { record, pair });
    }
    return [...places.values()];
  }

  #visible(): Record<Part, readonly Finding[]> {
    this.#shown ??= {
      structure: this.#withoutKept('structure'),
      relations: this.#withoutKept('relations'),
      label: this.#withoutKept('label'),
    };
    return this.#shown;
  }

  #withoutKept(part: Part): readonly Finding[] {
    const { findings } = this.#parts[part];
    const decisions = this.#decisions;
    if (!decisions || decisions.count === 0) return findings;
    // Most findings are of rules that nobody decided about: their keys are not asked for.
    return findings.filter(
      (finding) =>
        !decisions.names(finding.rule) || !decisions.keeps({ rule: finding.rule, key: this.#keyOf(finding) }),
    );
  }

  #ofMemory(): readonly Finding[] {
    this.#memory ??= this.#askMemory();
    return this.#memory;
  }

  #askMemory(): readonly Finding[] {
    const decisions = this.#decisions;
    if (!decisions || decisions.count === 0) return [];
    const found = PARTS.flatMap((part) => this.#parts[part].findings)
      .filter(({ rule }) => decisions.names(rule))
      .map((finding) => ({ rule: finding.rule, key: this.#keyOf(finding) }));
    const search = this.#search();
    return this.#memoryOf(found, (rule) => isSearched(rule, search));
  }

  #search(): Search {
    const partial = new Set<string>();
    for (const { findings, counts, partial: missed = [] } of Object.values(this.#parts)) {
      const listed = groupBy(findings, ({ rule }) => rule);
      for (const [rule, count] of counts) if (count > (listed.get(rule)?.length ?? 0)) partial.add(rule);
      for (const rule of missed) partial.add(rule);
    }
    return { stages: new Set([...this.#known].flatMap((part) => STAGES[part])), partial };
  }

  #forget(): void {
    this.#memory = undefined;
    this.#shown = undefined;
    this.#all = undefined;
    this.#byRecord = undefined;
    this.#order = undefined;
  }
}
