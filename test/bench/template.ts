// Record templates: slots such as {answer} get random texts, {a|b} one of the two.
import type { Json } from '#core/model/json.ts';
import { isList, isObject } from '#core/model/json.ts';

import type { Random } from './faultWords.ts';
import { answer, pick, question, sentence, WORDS } from './faultWords.ts';

const SLOTS: Readonly<Record<string, (random: Random) => string>> = {
  question,
  sentence,
  answer: (random) => answer(random),
  'short answer': (random) => answer(random, 1, 3),
  'long answer': (random) => answer(random, 10, 20),
  word: (random) => pick(random, WORDS),
  number: (random) => String(Math.floor(random() * 1e6)),
};

const SLOT = /\{([^{}]+)\}/g;

function slotText(slot: string, random: Random): string {
  if (slot.includes('|')) return pick(random, slot.split('|'));
  const make = SLOTS[slot.replace(/ \d+$/, '')];
  if (!make)
    throw new Error(`No slot {${slot}} in a template: ${Object.keys(SLOTS).join(', ')}, or {one|other}.`);
  return make(random);
}

/**
 * Lines made from templates: a text is a raw line, everything else a record. A numbered slot, {answer 1}, has
 * the same text in all of them.
 */
export function fillLines(templates: readonly Json[], random: Random): string[] {
  const numbered = new Map<string, string>();
  const fillText = (text: string): string =>
    text.replace(SLOT, (_, slot: string) => {
      if (!/ \d+$/.test(slot)) return slotText(slot, random);
      const known = numbered.get(slot) ?? slotText(slot, random);
      numbered.set(slot, known);
      return known;
    });
  const fill = (value: Json): Json => {
    if (typeof value === 'string') return fillText(value);
    if (isList(value)) return value.map(fill);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one as Json)]));
  };
  return templates.map((template) => {
    const filled = fill(template);
    return typeof filled === 'string' ? filled : JSON.stringify(filled);
  });
}
