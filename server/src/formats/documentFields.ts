// The names in a JSON document that lead to its lists, and which of these lists hold records of the dataset.
import type { ListPath } from '#core/json/documentCollector.ts';
import { isSamePath } from '#core/json/documentCollector.ts';
import { isSplitKey } from '#core/model/fieldNames.ts';

const MAX_OTHERS = 12;

/** What a list is. `trial`: its first record decides. `again`: another one with the names of the first. */
export type ListRole = 'records' | 'trial' | 'again' | 'other';

/** Follows the fields of a document, down to the objects that hold lists of records. */
export class DocumentFields {
  /** The names that lead to the first list of records. */
  readonly #first: ListPath;
  /** The names of the open objects inside the document. */
  readonly #within: string[];
  #isFirstFound: boolean;
  /** The present field. */
  name = '';
  /** Paths of fields that are not read: the first ones. */
  readonly others = new Set<string>();

  /** @param isInside the text begins in a list */
  constructor(first: ListPath, isInside: boolean) {
    this.#first = first;
    this.#within = isInside ? first.slice(0, -1) : [];
    this.#isFirstFound = isInside;
  }

  /** The names that lead to the present field. */
  get path(): ListPath {
    return [...this.#within, this.name];
  }

  /** An object begins in the present field. False if it is too deep to hold a list of records. */
  enter(): boolean {
    if (this.#within.length >= this.#depth) return false;
    this.#within.push(this.name);
    return true;
  }

  /** An object ends. False if it is the document. */
  leave(): boolean {
    return this.#within.pop() !== undefined;
  }

  /** A list begins in the present field. */
  listRole(): ListRole {
    if (this.#within.length !== this.#depth) return 'other';
    const { path } = this;
    if (!isSamePath(path, this.#first))
      return this.#first.some(isSplitKey) && path.some(isSplitKey) ? 'records' : 'trial';
    if (this.#isFirstFound) return 'again';
    this.#isFirstFound = true;
    return 'records';
  }

  /** The present field is not read. */
  skip(): void {
    if (this.others.size < MAX_OTHERS) this.others.add(this.path.join('.'));
  }

  /** How many objects inside the document are around each list of records. */
  get #depth(): number {
    return Math.max(0, this.#first.length - 1);
  }
}
