// What a schema still lacks, as sentences for its author.
import type { Mapping } from '#core/mapping/mapping.ts';

import { SKELETON } from './skeletons.ts';

/** The path of a schema's fixture from the repository root, without its extension. */
export function mappingFixture(id: string): string {
  return `test/fixtures/mappings/${id}`;
}

/**
 * Sentences about what a schema lacks.
 * @param fixture the texts of its fixture: records, and what must be read from them
 */
export function missingInMapping(
  mapping: Mapping,
  fixture: { readonly records: string | undefined; readonly expected: string | undefined },
): string[] {
  const { id, title, polarity } = mapping;
  const path = mappingFixture(id);
  const made = [...new Set(JSON.stringify(mapping).match(/skeleton_\w+/g))];
  const sentences = [
    title === '' ? 'Write "title": what people call the dataset or format.' : '',
    polarity === '' ? 'Write "polarity": which answer is better, in words.' : '',
    made.length > 0 ? `Name the dataset's own fields in place of ${made.join(', ')}.` : '',
    fixture.records === undefined ? `Add ${path}.jsonl with one or more records.` : '',
    SKELETON.test(fixture.records ?? '') ? `Replace the skeleton's records in ${path}.jsonl.` : '',
    fixture.expected === undefined ? `Write ${path}.json (see test/fixtures/README.md).` : '',
  ];
  return sentences.filter((sentence) => sentence !== '').map((sentence) => `${id}: ${sentence}`);
}
