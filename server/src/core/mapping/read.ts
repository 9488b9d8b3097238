// Entry points of mappings: test, read and edit a record.
import type { JsonObject, Path } from '../model/json.ts';
import type { Pair, Turn } from '../model/pair.ts';
import type { ReadNames } from './context.ts';
import { addContext, readNames } from './context.ts';
import type { FieldRef } from './field.ts';
import { findField, hasField, pathsOf } from './field.ts';
import type { EditOutcome, Need } from './forms/form.ts';
import { fieldNeed, findProblem } from './forms/form.ts';
import { formOf } from './forms/forms.ts';
import type { Mapping } from './mapping.ts';
import { concreteShape, turnsOf } from './shape.ts';

interface Compiled {
  readonly needs: readonly Need[];
  readonly marks: readonly FieldRef[];
  names?: ReadonlySet<string>;
  read?: ReadNames;
}

const compiled = new WeakMap<Mapping, Compiled>();

function compile(mapping: Mapping): Compiled {
  const known = compiled.get(mapping);
  if (known) return known;
  const needs = [
    ...mapping.prompt.filter(({ optional }) => !optional).map(fieldNeed),
    ...formOf(mapping.answers).needs(mapping.answers),
  ];
  const made = { needs, marks: mapping.marks ?? [] };
  compiled.set(mapping, made);
  return made;
}

/** Required fields of a mapping. */
export function needsOf(mapping: Mapping): readonly Need[] {
  return compile(mapping).needs;
}

/** Number of fields that a mapping requires. If two match, the one that requires more wins. */
export function specificity(mapping: Mapping): number {
  const { needs, marks } = compile(mapping);
  return needs.length + marks.length;
}

export function fits(mapping: Mapping, record: JsonObject): boolean {
  const { needs, marks } = compile(mapping);
  return (
    marks.every((mark) => hasField(record, mark)) &&
    needs.every((need) => {
      const found = findField(record, need.at);
      return found !== undefined && need.fits(found.value);
    })
  );
}

/** The fields that identify a mapping, for explanations. */
export function fieldsOf(mapping: Mapping): readonly FieldRef[] {
  const { needs, marks } = compile(mapping);
  return [...new Set([...needs.map(({ at }) => at), ...marks])];
}

/** Top-level names of all fields that a mapping may read. */
export function namesRead(mapping: Mapping): ReadonlySet<string> {
  const known = compile(mapping);
  known.names ??= collectNames(mapping);
  return known.names;
}

function allRefs(mapping: Mapping): ReadonlySet<FieldRef> {
  const { prompt, answers, marks = [] } = mapping;
  return new Set([...marks, ...prompt.map(({ at }) => at), ...formOf(answers).fields(answers)]);
}

function collectNames(mapping: Mapping): ReadonlySet<string> {
  return new Set([...allRefs(mapping)].flatMap(pathsOf).map(([name]) => String(name)));
}

function readPrompt(mapping: Mapping, record: JsonObject): readonly Turn[] {
  const turns: Turn[] = [];
  for (const { at, as, role = 'user', isMore } of mapping.prompt) {
    const found = findField(record, at);
    if (!found) continue;
    for (const { role: who, text, more } of turnsOf(found.value, concreteShape(found.value, as), role)) {
      if (text === '' && as === 'text' && mapping.prompt.length > 1) continue;
      const before = isMore && turns.pop();
      turns.push(
        before ? { ...before, text: `${before.text}\n${text}` } : { role: who, text, ...(more && { more }) },
      );
    }
  }
  return turns;
}

/** Reads one record: its pairs and judgements, or why there are none. */
export function readRecord(mapping: Mapping, record: JsonObject): EditOutcome {
  const problem = findProblem(compile(mapping).needs, record);
  if (problem) return { problem };
  const { answers } = mapping;
  const outcome = formOf(answers).read(answers, { record, prompt: readPrompt(mapping, record) });
  if ('problem' in outcome) return outcome;
  const known = compile(mapping);
  known.read ??= readNames(allRefs(mapping));
  const { pairs, unread } = addContext(mapping, record, known.read, outcome.pairs);
  return pairs === outcome.pairs && unread.length === 0 ? outcome : { ...outcome, pairs, unread };
}

/** Path of a record's label. */
export function labelPath(mapping: Mapping, record: JsonObject): Path {
  const { answers } = mapping;
  const at = formOf(answers).labelAt(answers);
  return findField(record, at)?.path ?? pathsOf(at)[0] ?? [];
}

/** How much better the record says the chosen answer is, in its own units. */
export function strengthOf(
  { answers }: Mapping,
  record: JsonObject,
  { candidates }: Pair,
): number | undefined {
  return formOf(answers).strength?.(answers, record, candidates);
}
