// Inspects a whole text as a JSON document.
import type { IsKnown } from './documentCollector.ts';
import { Collector, MAX_SAMPLE_BYTES, PIECE_BYTES } from './documentCollector.ts';
import type { FoundForm } from './documentForm.ts';
import { formOf } from './documentForm.ts';
import { isLines } from './documentOrLines.ts';
import type { DocumentFault } from './documentScanner.ts';
import { DocumentScanner } from './documentScanner.ts';

export interface DocumentShape extends FoundForm {
  /** First and last line of the document and of its first record, from 0. */
  readonly lines: readonly [first: number, last: number];
  readonly firstRecord: readonly [first: number, last: number] | undefined;
  readonly fault: DocumentFault | undefined;
}

/** Inspects a text as a JSON document. Undefined if it is JSON Lines, or not JSON. */
export class DocumentInspector {
  readonly #isKnown: IsKnown;
  readonly #found: Collector;
  readonly #scanner: DocumentScanner;
  #isLines = false;

  constructor(isKnown: IsKnown, maxSampleBytes = MAX_SAMPLE_BYTES) {
    this.#isKnown = isKnown;
    this.#found = new Collector(maxSampleBytes);
    this.#scanner = new DocumentScanner(this.#found);
  }

  /** False once no more is needed because it is not a JSON document. */
  push(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length && !this.#isLines; at += PIECE_BYTES) {
      this.#scanner.push(chunk.subarray(at, at + PIECE_BYTES));
      this.#isLines = isLines(this.#scanner, this.#found, this.#isKnown);
    }
    return !this.#isLines;
  }

  end(): DocumentShape | undefined {
    const found = this.#found;
    const scanner = this.#scanner;
    if (this.#isLines) return undefined;
    scanner.end();
    // A list that breaks off inside its first document still counts as a list.
    if (isLines(scanner, found, this.#isKnown)) return undefined;
    const part = formOf(found, this.#isKnown);
    const { first, firstRecord } = found;
    if (!part || !first) return undefined;
    const lines = [first.start.line, scanner.lastMarkLine] as const;
    return { ...part, lines, firstRecord, fault: scanner.fault ?? scanner.comment };
  }
}
