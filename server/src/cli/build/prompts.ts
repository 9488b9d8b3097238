// Which rows of a stage ask the same or nearly the same, so that a split keeps them together.
import { Clusters, plainPrompt } from '#core/build/clusters.ts';
import { nearFamilies } from '#core/checks/relations/families.ts';
import { SIGNATURE_BYTES, writeSignature } from '#core/checks/relations/nearDuplicates.ts';
import { hashKey, keyNumber } from '#core/hash.ts';
import { promptSpelling } from '#core/model/identity.ts';
import type { Pair, Side, Turn } from '#core/model/pair.ts';
import { plural } from '#core/words/numbers.ts';

import type { Command } from '../command.ts';
import { groupsOf } from './measures.ts';
import type { Stage } from './stage.ts';
import { readIn, readRows } from './stage.ts';

const NO_ANSWER: Side = { text: '', path: [], textStart: 0, turns: [] };

/** A pair of the prompt alone, its turns as one text: a sketch reads only the last turn. */
function alone(prompt: readonly Turn[], context: Pair['context']): Pair {
  const text = prompt.map((turn) => turn.text).join('\n');
  const more = prompt.findLast((turn) => turn.more)?.more;
  return {
    prompt: [{ role: 'user', text, ...(more && { more }) }],
    ...(context && { context }),
    chosen: NO_ANSWER,
    rejected: NO_ANSWER,
    isTie: false,
    candidates: [0, 1],
  };
}

/**
 * The cluster of each row that is left, as the place of its first row.
 * @param maxSigned prompts that are compared by sketches; those after them only by their letters and digits
 */
export async function promptClusters(stage: Stage, command: Command, maxSigned: number): Promise<Int32Array> {
  const { rows } = stage;
  const clusters = new Clusters(rows.length);
  const firstOf = new Map<number, number>();
  const together = (key: number, at: number): void => {
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, at);
    else clusters.join(first, at);
  };
  const { of } = await groupsOf(stage, command, 'prompt');
  of.forEach((group, at) => {
    together(group, at);
  });
  firstOf.clear();
  const signed = Math.min(rows.length, maxSigned);
  const signatures = new Uint8Array(signed * SIGNATURE_BYTES);
  let at = 0;
  for await (const one of readRows(stage, command)) {
    while (rows[at] !== one.row) at++;
    const read = readIn(one);
    // Every prompt of a record counts: a tree has several.
    const asked = [...(read?.pairs ?? []), ...(read?.judgements ?? []).map(({ prompt }) => ({ prompt }))];
    for (const [i, one] of asked.entries()) {
      const context = 'context' in one ? one.context : undefined;
      if (one.prompt.length === 0 && !context) continue;
      together(keyNumber(hashKey(promptSpelling({ prompt: one.prompt, ...(context && { context }) }))), at);
      const pair = alone(one.prompt, context);
      const [{ text, more } = { text: '', more: undefined }] = pair.prompt;
      const plain = plainPrompt(text);
      // The same words about another picture are another prompt.
      if (plain !== '' && !context && !more) together(keyNumber(hashKey(plain)), at);
      if (i === 0 && at < signed) writeSignature(pair, signatures, at * SIGNATURE_BYTES);
    }
  }
  nearFamilies(signatures, signed).forEach((first, row) => {
    if (first >= 0) clusters.join(first, row);
  });
  if (signed < rows.length)
    command.note(
      `Only the first ${signed.toLocaleString('en')} of ${plural(rows.length, 'prompt')} are compared for near duplicates. Raise --memory for more.`,
    );
  return Int32Array.from(rows, (_, row) => clusters.of(row));
}
