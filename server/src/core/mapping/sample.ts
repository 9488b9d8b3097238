// How much of a file to read before choosing its schema.
import type { Parsed } from '../json/parseRecord.ts';
import { objectsOf } from '../json/parseRecord.ts';
import type { JsonObject } from '../model/json.ts';
import { RECOGNITION_SAMPLE } from './recognise.ts';

/** Limit for readable records, in bytes: records may be huge. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Limit for all records: a broken file is not read to its end. */
const MAX_RECORDS = 20_000;

/** Collects the objects of the first records. Unreadable records don't count, however long they are. */
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
