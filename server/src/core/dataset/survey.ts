// One pass over the records of a dataset: recognises the schema, collects facts of records and pairs, and runs the
// checks. Takes records one at a time, so it works on a stream and on an open document.
import type { RuleSettings } from '../checks/check.ts';
import { styleOfPair } from '../checks/dataset/styleMarks.ts';
import type { Examined } from '../checks/examine.ts';
import { examine, examineBroken } from '../checks/examine.ts';
import { DEFAULT_RULES } from '../checks/settings.ts';
import type { Suggestion } from '../config/suggest.ts';
import { suggest } from '../config/suggest.ts';
import type { RecordPlaces } from '../edits/drops.ts';
import { CHOSEN_FIRST, Facts, IS_TIE, PART_SHIFT } from '../facts/facts.ts';
import type { SplitStart } from '../facts/splitStart.ts';
import type { Key } from '../hash.ts';
import type { Obstacle } from '../input/obstacle.ts';
import type { Parsed } from '../json/parseRecord.ts';
import { objectsOf, parseRecord } from '../json/parseRecord.ts';
import type { Reading } from '../mapping/forms/form.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { readRecord } from '../mapping/read.ts';
import type { Beside, Recognition } from '../mapping/recognise.ts';
import { recogniseAs } from '../mapping/recognise.ts';
import { Sample } from '../mapping/sample.ts';
import { originCodes } from '../mapping/sideFields.ts';
import type { Finding } from '../model/finding.ts';
import { MAX_FINDINGS } from '../model/finding.ts';
import { identify } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { promptLength } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';

export interface Survey {
  readonly facts: Facts;
  /** In file order, at most MAX_FINDINGS per rule. */
  readonly findings: readonly Finding[];
  /** Total findings of each rule. */
  readonly counts: ReadonlyMap<string, number>;
  /** Undefined if the records fit no known schema. */
  readonly recognition: Recognition | undefined;
  /** Field names of the first readable record, for a message if nothing was recognised. */
  readonly fieldsSeen: readonly string[];
  /** If nothing was recognised: what would read the records. */
  readonly suggestion?: Suggestion;
  /** Why the whole file is not JSON Lines. */
  readonly obstacle?: Obstacle;
  /** The lists of a JSON document, in order, if they have keys. */
  readonly splits?: readonly SplitStart[];
}

/** The places of all records, for drops. */
export function placesOf({ facts, splits }: Pick<Survey, 'facts' | 'splits'>): RecordPlaces {
  const { byteStart, byteEnd } = facts.records;
  return { byteStart, byteEnd, recordCount: facts.recordCount, lists: splits?.map(({ record }) => record) };
}

/** The lists in which these records stand. */
export function splitsAmong(records: readonly RawRecord[]): readonly SplitStart[] {
  return records.flatMap(({ split, record }) => (split === undefined ? [] : [{ name: split, record }]));
}

/** Drops the findings of records that will be read again. */
export function withoutFindings(
  { findings, counts }: Pick<Survey, 'findings' | 'counts'>,
  isGone: (record: number) => boolean,
): { findings: readonly Finding[]; counts: Map<string, number> } {
  const left = new Map(counts);
  for (const { rule, record } of findings) if (isGone(record)) left.set(rule, (left.get(rule) ?? 0) - 1);
  return { findings: findings.filter(({ record }) => !isGone(record)), counts: left };
}

/** What recognition has beside the records. */
export interface Given extends Beside {
  /** Set by the user. */
  readonly mapping?: Mapping | undefined;
}

/** The schema, if an earlier pass recognised it, or what helps to recognise it. */
export type Schema = { readonly recognition: Recognition } | Given;

interface Waiting {
  readonly raw: Omit<RawRecord, 'bytes'>;
  readonly parsed: Parsed;
}

/** Shrinks a waiting value that is not an object to what messages need: its kind, and how a string begins. */
function withoutOther(parsed: Parsed): Parsed {
  if (!('value' in parsed) || isObject(parsed.value)) return parsed;
  const { value } = parsed;
  if (Array.isArray(value)) return { ...parsed, value: [] };
  return typeof value === 'string' ? { ...parsed, value: value.trimStart().slice(0, 1) } : parsed;
}

const NOTHING: Examined = { pairs: [], judgements: [], findings: [] };

/** Takes records in file order. Holds the first ones until the schema is known. */
export class Surveyor {
  readonly #facts = new Facts();
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<string, number>();
  readonly #given: Given;
  readonly #rules: RuleSettings;
  readonly #onPair: ((pair: Pair) => void) | undefined;
  #recognition: Recognition | undefined;
  #waiting: Waiting[] | undefined = [];
  #sample = new Sample();
  #fieldsSeen: readonly string[] = [];
  #suggestion: Suggestion | undefined;
  #tellsBroken = false;
  readonly #splits: SplitStart[] = [];

  /** @param onPair called with each pair, in order */
  constructor(known?: Schema, rules: RuleSettings = DEFAULT_RULES, onPair?: (pair: Pair) => void) {
    this.#onPair = onPair;
    this.#rules = rules;
    if (known && 'recognition' in known) {
      this.#recognition = known.recognition;
      this.#waiting = undefined;
      this.#given = {};
    } else {
      this.#given = known ?? {};
    }
  }

  add(raw: RawRecord): void {
    const parsed = parseRecord(raw);
    if (raw.split !== undefined) this.#splits.push({ name: raw.split, record: raw.record });
    if (this.#waiting) {
      const { record, line, byteStart, byteEnd } = raw;
      this.#waiting.push({ raw: { record, line, byteStart, byteEnd }, parsed: withoutOther(parsed) });
      this.#sample.add(parsed, byteEnd - byteStart);
      if (this.#sample.isEnough) this.#decide();
    } else {
      this.#take(raw, parsed);
    }
  }

  end(): Survey {
    if (this.#waiting) this.#decide();
    return {
      facts: this.#facts,
      findings: this.#findings,
      counts: this.#counts,
      recognition: this.#recognition,
      fieldsSeen: this.#fieldsSeen,
      ...(this.#suggestion && { suggestion: this.#suggestion }),
      ...(this.#splits.length > 0 && { splits: this.#splits }),
    };
  }

  #keep(finding: Finding): void {
    const count = (this.#counts.get(finding.rule) ?? 0) + 1;
    this.#counts.set(finding.rule, count);
    if (count <= MAX_FINDINGS) this.#findings.push(finding);
  }

  #decide(): void {
    const waiting = this.#waiting ?? [];
    const sample = this.#sample.objects;
    this.#sample = new Sample();
    this.#recognition = recogniseAs(this.#given.mapping, sample, this.#given);
    this.#fieldsSeen = Object.keys(sample[0] ?? {});
    if (!this.#recognition) {
      this.#suggestion = suggest(sample);
      // If most lines are broken, each one has its own message, so don't suggest a schema.
      const broken = waiting.filter(({ parsed }) => objectsOf(parsed).length === 0).length;
      this.#tellsBroken = broken * 2 > waiting.length;
    }
    this.#waiting = undefined;
    for (const { raw, parsed } of waiting) this.#take(raw, parsed);
  }

  #originsOf(parsed: Parsed, pair: Pair): number {
    const field = this.#recognition?.originField;
    if (field === undefined || !('value' in parsed) || !isObject(parsed.value)) return 0;
    return originCodes(parsed.value, pair, field);
  }

  #examine(record: number, parsed: Parsed): Examined {
    if (this.#recognition) return examine(parsed, this.#recognition.mapping, record, this.#rules);
    return (this.#tellsBroken ? examineBroken(parsed, record, this.#rules) : undefined) ?? NOTHING;
  }

  #take(raw: Omit<RawRecord, 'bytes'>, parsed: Parsed): void {
    const { pairs, judgements, findings, part = 0 } = this.#examine(raw.record, parsed);
    const said = (verdict: boolean): number => judgements.filter((one) => one.verdict === verdict).length;
    this.#facts.addRecord({ ...raw, judgements: judgements.length, good: said(true), bad: said(false) });
    let before: { readonly prompt: Pair['prompt']; readonly key: Key } | undefined;
    for (const pair of pairs) {
      const identity = identify(pair, before?.prompt === pair.prompt ? before.key : undefined);
      before = { prompt: pair.prompt, key: identity.promptKey };
      this.#facts.addPair({
        ...identity,
        promptLength: promptLength(pair),
        chosenLength: pair.chosen.text.length,
        rejectedLength: pair.rejected.text.length,
        flags:
          (pair.isTie ? IS_TIE : 0) |
          (pair.candidates[0] < pair.candidates[1] ? CHOSEN_FIRST : 0) |
          (part << PART_SHIFT),
        style: styleOfPair(pair),
        origins: this.#originsOf(parsed, pair),
      });
      this.#onPair?.(pair);
    }
    for (const finding of findings) this.#keep(finding);
  }
}

/** A record's value, and what its mapping reads in it. */
export interface ReadValue extends Reading {
  readonly value: JsonObject;
}

/** Undefined if the record is not a JSON object. */
export function readRaw(raw: RawRecord, { mapping }: Recognition): ReadValue | undefined {
  const parsed = parseRecord(raw);
  if (!('value' in parsed) || !isObject(parsed.value)) return undefined;
  const outcome = readRecord(mapping, parsed.value);
  return 'problem' in outcome ? undefined : { ...outcome, value: parsed.value };
}
