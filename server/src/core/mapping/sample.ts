// How much of a file is looked at before its schema is decided.
import type { Parsed } from '../json/parseRecord.ts';
import { objectsOf } from '../json/parseRecord.ts';
import type { JsonObject } from '../model/json.ts';
import { RECOGNITION_SAMPLE } from './recognise.ts';

/** Bytes of readable records: they may be huge. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Records, readable or not: a file that is broken throughout is not looked at to its end. */
const MAX_RECORDS = 20_000;

/** The objects of the first records. What cannot be read says nothing of the schema and does not count, however long it is. */
export class Sample {
  readonly objects: JsonObject[] = [];
  #seen = 0;
  #readable = 0;
  #bytes = 0;

  add(parsed: Parsed, bytes: number): void {
    this.#seen++;
    const found = objectsOf(parsed);
    if (found.length === 0) return;
    this.objects.push(...found);
    this.#readable++;
    this.#bytes += bytes;
  }

  get isEnough(): boolean {
    return this.#readable >= RECOGNITION_SAMPLE || this.#bytes > MAX_BYTES || this.#seen >= MAX_RECORDS;
  }
}
