// All findings of an open dataset in one list, without those that people decided to keep: by record, and in the order of
// review.
import type { CheckStage, Search } from '#core/checks/table.ts';
import { isSearched } from '#core/checks/table.ts';
import { groupBy } from '#core/group.ts';
import type { Keyed } from '#core/memory/baseline.ts';
import type { Decisions, NamedFinding } from '#core/memory/decisions.ts';
import type { Finding } from '#core/model/finding.ts';

/** A pair: its record, and its number in the record. */
export interface PairPlace {
  readonly record: number;
  readonly pair: number;
}

/** A place with findings, in the order of review. */
export interface ReviewPlace extends PairPlace {
  /** Number of its first finding in that order, from 1. */
  readonly first: number;
  /** Number of its findings. The sum over all places is the number of listed findings of the file. */
  readonly count: number;
}

/** Listed findings, and the true count of each rule. */
export interface Counted {
  readonly findings: readonly Finding[];
  readonly counts: ReadonlyMap<string, number>;
  /** Rules that were not searched everywhere. Default: none. */
  readonly partial?: ReadonlySet<string>;
}

/** Sources of findings, in list order. */
const PARTS = ['structure', 'relations', 'label'] as const;
type Part = (typeof PARTS)[number];

/** The stages whose rules each part reports. */
const STAGES: Record<Part, readonly CheckStage[]> = {
  structure: ['record', 'memory'],
  relations: ['relation', 'dataset'],
  label: ['score'],
};

/** Findings about the decisions themselves, given the findings of the rules that they name. */
export type MemoryOf = (found: readonly Keyed[], isChecked: (rule: string) => boolean) => readonly Finding[];

/** How decisions name a finding, beside its rule. */
export type NameOf = (finding: Finding) => Omit<NamedFinding, 'rule'>;

/** Labels by rank, then contradictions, then structure by place. */
const REVIEW: readonly Part[] = ['label', 'relations', 'structure'];

const placeKey = ({ record, pair }: PairPlace): string => `${record}:${pair}`;

const NONE: Counted = { findings: [], counts: new Map() };

export class FindingLists {
  readonly #parts: Record<Part, Counted> = { structure: NONE, relations: NONE, label: NONE };
  readonly #nameOf: NameOf;
  /** Parts that were searched. A finding of another part cannot be called gone. */
  readonly #known = new Set<Part>();
  #decisions: Decisions | undefined;
  #memoryOf: MemoryOf = () => [];
  #memory: readonly Finding[] | undefined;
  #shown: Record<Part, readonly Finding[]> | undefined;
  #all: readonly Finding[] | undefined;
  #byRecord: Map<number, Finding[]> | undefined;
  #order: readonly ReviewPlace[] | undefined;
  #indexes: ReadonlyMap<string, number> | undefined;

  /** @param nameOf how decisions name a finding */
  constructor(nameOf: NameOf) {
    this.#nameOf = nameOf;
  }

  set(part: Part, found: Counted): void {
    this.#parts[part] = found;
    this.#known.add(part);
    this.#forget();
  }

  /** Forgets a part. */
  clear(part: Part): void {
    this.set(part, NONE);
    this.#known.delete(part);
  }

  setDecisions(decisions: Decisions, memoryOf: MemoryOf): void {
    this.#decisions = decisions;
    this.#memoryOf = memoryOf;
    this.#forget();
  }

  get all(): readonly Finding[] {
    this.#all ??= [...PARTS.flatMap((part) => this.#visible()[part]), ...this.#ofMemory()];
    return this.#all;
  }

  /** The true count, without kept findings. */
  get count(): number {
    let total = this.#ofMemory().length;
    for (const part of PARTS) {
      const { findings, counts } = this.#parts[part];
      for (const count of counts.values()) total += count;
      total -= findings.length - this.#visible()[part].length;
    }
    return total;
  }

  /** Findings of a rule that are counted but not listed. */
  unlisted(rule: string): number {
    return PARTS.reduce((sum, part) => {
      const { findings, counts } = this.#parts[part];
      const listed = findings.filter((finding) => finding.rule === rule).length;
      return sum + Math.max(0, (counts.get(rule) ?? 0) - listed);
    }, 0);
  }

  /** Findings that people decided to keep. */
  get kept(): readonly Finding[] {
    return PARTS.flatMap((part) => {
      const shown = this.#visible()[part];
      const { findings } = this.#parts[part];
      if (shown.length === findings.length) return [];
      const left = new Set(shown);
      return findings.filter((finding) => !left.has(finding));
    });
  }

  of(record: number): readonly Finding[] {
    this.#byRecord ??= groupBy(this.all, (finding) => finding.record);
    return this.#byRecord.get(record) ?? [];
  }

  /**
   * Places with findings, each once: a finding without a pair belongs to the first pair of its record, one of the whole file to
   * the record WHOLE_FILE.
   */
  get order(): readonly ReviewPlace[] {
    this.#order ??= this.#orderPlaces();
    return this.#order;
  }

  /** Index of a place in that order; -1 if it has no finding. */
  indexOf(record: number, pair: number): number {
    this.#indexes ??= new Map(this.order.map((place, i) => [placeKey(place), i]));
    return this.#indexes.get(placeKey({ record, pair })) ?? -1;
  }

  #orderPlaces(): readonly ReviewPlace[] {
    const ofPairs = REVIEW.flatMap((part) => this.#visible()[part]);
    const inOrder = groupBy([...ofPairs, ...this.#ofMemory()], ({ record, pair = 0 }) =>
      placeKey({ record, pair }),
    );
    let next = 1;
    const places = [...inOrder.values()].flatMap(([finding, ...more]): ReviewPlace[] => {
      if (!finding) return [];
      const { record, pair = 0 } = finding;
      const place = { record, pair, first: next, count: more.length + 1 };
      next += place.count;
      return [place];
    });
    return places;
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
    if (!decisions || decisions.isEmpty) return findings;
    // Most findings are of rules without any decision: their keys are not computed.
    return findings.filter(
      (finding) =>
        !decisions.names(finding.rule) || !decisions.keeps({ rule: finding.rule, ...this.#nameOf(finding) }),
    );
  }

  #ofMemory(): readonly Finding[] {
    this.#memory ??= this.#askMemory();
    return this.#memory;
  }

  #askMemory(): readonly Finding[] {
    const decisions = this.#decisions;
    if (!decisions || decisions.isEmpty) return [];
    const found = PARTS.flatMap((part) => this.#parts[part].findings)
      .filter(({ rule }) => decisions.names(rule))
      .map((finding) => ({ rule: finding.rule, ...this.#nameOf(finding) }));
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
    this.#indexes = undefined;
  }
}
