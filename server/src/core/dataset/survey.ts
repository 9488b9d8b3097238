// One pass over the records of a dataset: what schema it is, the facts of each record, and what the
// checks found. Records come in one by one, so the pass works on a stream and on an open document.
import type { Parsed } from '../checks/examine.ts';
import { examine, parseRecord } from '../checks/examine.ts';
import type { Recognition } from '../mapping/recognise.ts';
import { recognise, RECOGNITION_SAMPLE } from '../mapping/recognise.ts';
import type { Finding } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import type { RawRecord } from '../model/record.ts';
import { Facts, HAS_PAIR } from './facts.ts';

/** More findings of one rule are counted, not kept: a file that is wrong throughout must not fill the memory. */
export const MOST_FINDINGS = 10_000;

/** The schema is decided early when so many bytes wait for it: records may be huge. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;

/** What a pass found. */
export interface Survey {
  readonly facts: Facts;
  /** In file order, at most MOST_FINDINGS of each rule. */
  readonly findings: readonly Finding[];
  /** How many each rule really has. */
  readonly counts: ReadonlyMap<string, number>;
  readonly pairCount: number;
  /** Undefined when the records fit no known schema. */
  readonly recognition: Recognition | undefined;
  /** Names of the fields of the first readable record, for a message when nothing was recognised. */
  readonly fieldsSeen: readonly string[];
}

interface Waiting {
  readonly raw: Omit<RawRecord, 'bytes'>;
  readonly parsed: Parsed;
}

/** Takes records in file order. The first ones wait until the schema is known. */
export class Surveyor {
  readonly #facts = new Facts();
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<string, number>();
  #pairCount = 0;
  #recognition: Recognition | undefined;
  #waiting: Waiting[] | undefined = [];
  #waitingBytes = 0;
  #fieldsSeen: readonly string[] = [];

  constructor(known?: Recognition) {
    if (known) {
      this.#recognition = known;
      this.#waiting = undefined;
    }
  }

  add(raw: RawRecord): void {
    const parsed = parseRecord(raw);
    if (this.#waiting) {
      const { record, line, byteStart, byteEnd } = raw;
      this.#waiting.push({ raw: { record, line, byteStart, byteEnd }, parsed });
      this.#waitingBytes += byteEnd - byteStart;
      const isEnough = this.#waiting.length === RECOGNITION_SAMPLE || this.#waitingBytes > MOST_WAITING_BYTES;
      if (isEnough) this.#decide();
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
      pairCount: this.#pairCount,
      recognition: this.#recognition,
      fieldsSeen: this.#fieldsSeen,
    };
  }

  #keep(finding: Finding): void {
    const count = (this.#counts.get(finding.rule) ?? 0) + 1;
    this.#counts.set(finding.rule, count);
    if (count <= MOST_FINDINGS) this.#findings.push(finding);
  }

  #decide(): void {
    const waiting = this.#waiting ?? [];
    const sample = waiting.flatMap(({ parsed }) =>
      'value' in parsed && isObject(parsed.value) ? [parsed.value] : [],
    );
    this.#recognition = recognise(sample);
    this.#fieldsSeen = Object.keys(sample[0] ?? {});
    this.#waiting = undefined;
    for (const { raw, parsed } of waiting) this.#take(raw, parsed);
  }

  #take(raw: Omit<RawRecord, 'bytes'>, parsed: Parsed): void {
    const { record, line, byteStart, byteEnd } = raw;
    const examined = this.#recognition ? examine(parsed, this.#recognition.mapping, record) : undefined;
    const pair = examined?.pair;
    this.#facts.push({
      line,
      byteStart,
      byteEnd,
      chosenLength: pair?.chosen.text.length ?? 0,
      rejectedLength: pair?.rejected.text.length ?? 0,
      flags: pair ? HAS_PAIR : 0,
    });
    for (const finding of examined?.findings ?? []) this.#keep(finding);
    if (pair) this.#pairCount++;
  }
}

/** The pair of one record, when there is one. */
export function pairOf(
  raw: RawRecord,
  recognition: Recognition,
): { pair: Pair; value: JsonObject } | undefined {
  const parsed = parseRecord(raw);
  const { pair } = examine(parsed, recognition.mapping, raw.record);
  return pair && 'value' in parsed && isObject(parsed.value) ? { pair, value: parsed.value } : undefined;
}
