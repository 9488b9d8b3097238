// The guided mapping: asks which field is what, shows the first pairs as they would be read, and writes the entry.
// It needs no VS Code: a person's picks come from `GuidePorts`.
import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { FieldSeen, MappingFields, MappingPreview, MappingRule } from '#protocol/editor/mapping.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';

/** One line of a list to pick from. */
export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

export interface GuidePorts {
  fields(): Promise<Outcome<MappingFields>>;
  preview(rule: MappingRule): Promise<Outcome<MappingPreview>>;
  /** Returns the path of the preflens.json. */
  write(rule: MappingRule): Promise<Outcome<string>>;
  /** Undefined if the person gives up. */
  pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined>;
  fail(why: string): void;
}

/** The person gave up. */
class GivenUp extends Error {}

type Json = NonNullable<FieldSeen['values']>[number];

function describe({ types, share }: FieldSeen): string {
  const [one = '', other] = types;
  const kinds = other === undefined ? one : t('{0} or {1}', one, other);
  return share >= 1 ? kinds : t('{0}, in {1} % of the records', kinds, Math.max(1, Math.round(100 * share)));
}

function fieldChoices(fields: readonly FieldSeen[]): readonly Choice<FieldSeen>[] {
  return fields.map((field) => ({
    label: field.ref,
    description: describe(field),
    detail: field.example,
    value: field,
  }));
}

const TEXT_TYPES: ReadonlySet<string> = new Set([
  'text',
  'JSON text',
  'messages',
  'message',
  'list of texts',
]);
const isText = ({ types }: FieldSeen): boolean => types.some((type) => TEXT_TYPES.has(type));
const isNumber = ({ types }: FieldSeen): boolean => types.includes('number');
const isLabel = ({ values, range }: FieldSeen): boolean => values !== undefined || range !== undefined;
const isList = ({ types }: FieldSeen): boolean =>
  types.some((type) => type === 'list of objects' || type === 'list of texts');

/** Longest answer on a line with another one, in UTF-16 units. */
const MAX_SHOWN = 60;

const shortened = (text: string): string =>
  text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN).trimEnd()}…` : text;

class Guide {
  readonly #ports: GuidePorts;
  readonly #fields: readonly FieldSeen[];

  constructor(ports: GuidePorts, fields: readonly FieldSeen[]) {
    this.#ports = ports;
    this.#fields = fields;
  }

  async #pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T> {
    const picked = await this.#ports.pick(title, choices);
    if (picked === undefined) throw new GivenUp();
    return picked;
  }

  async #field(
    title: string,
    isWanted: (field: FieldSeen) => boolean,
    taken: readonly string[],
    from = this.#fields,
  ): Promise<string> {
    const free = from.filter((field) => isWanted(field) && !taken.includes(field.ref));
    return (await this.#pick(title, fieldChoices(free))).ref;
  }

  async #prompt(taken: readonly string[]): Promise<{ readonly prompt?: string }> {
    const free = this.#fields.filter((field) => isText(field) && !taken.includes(field.ref));
    const none: Choice<{ readonly prompt?: string }> = {
      label: t('No prompt field'),
      detail: t('The answers hold the whole conversation, or there is no prompt.'),
      value: {},
    };
    const fields = fieldChoices(free).map((choice) => ({ ...choice, value: { prompt: choice.value.ref } }));
    return this.#pick(t('Which field is the prompt?'), [...fields, none]);
  }

  async #pair(): Promise<MappingRule> {
    const chosen = await this.#field(t('Which field is the better answer?'), isText, []);
    const rejected = await this.#field(t('Which field is the worse answer?'), isText, [chosen]);
    return { ...(await this.#prompt([chosen, rejected])), chosen, rejected };
  }

  async #two(): Promise<{ readonly first: string; readonly second: string; readonly prompt?: string }> {
    const first = await this.#field(t('Which field is the first answer?'), isText, []);
    const second = await this.#field(t('Which field is the second answer?'), isText, [first]);
    return { ...(await this.#prompt([first, second])), first, second };
  }

  async #choice(): Promise<MappingRule> {
    const two = await this.#two();
    const { first, second } = two;
    const label = await this.#field(t('Which field says which answer is better?'), isLabel, [first, second]);
    const values = this.#fields.find(({ ref }) => ref === label)?.values;
    if (!values) {
      const positive = await this.#pick(t('What does a positive "{0}" mean?', label), [
        { label: t('"{0}" is better', first), value: 'first' as const },
        { label: t('"{0}" is better', second), value: 'second' as const },
      ]);
      return { ...two, label, positive };
    }
    const better = { first: [] as Json[], second: [] as Json[], ties: [] as Json[] };
    for (const value of values) {
      const means = await this.#pick(t('What does {0} in "{1}" mean?', JSON.stringify(value), label), [
        { label: t('"{0}" is better', first), value: 'first' as const },
        { label: t('"{0}" is better', second), value: 'second' as const },
        { label: t('Neither: a tie'), value: 'ties' as const },
      ]);
      better[means].push(value);
    }
    return { ...two, label, better };
  }

  async #best(field: string): Promise<'high' | 'low'> {
    return this.#pick(t('Which "{0}" does the better answer have?', field), [
      { label: t('The higher one'), detail: t('A score, a rating, a reward'), value: 'high' as const },
      {
        label: t('The lower one'),
        detail: t('A rank that begins with the best, a loss'),
        value: 'low' as const,
      },
    ]);
  }

  async #scored(): Promise<MappingRule> {
    const two = await this.#two();
    const own = await this.#field(t('Which field is the score of "{0}"?', two.first), isNumber, []);
    const other = await this.#field(t('Which field is the score of "{0}"?', two.second), isNumber, [own]);
    return { ...two, scores: [own, other], best: await this.#best(own) };
  }

  async #candidates(): Promise<MappingRule> {
    const candidates = await this.#field(t('Which field is the list of answers?'), isList, []);
    const { items } = this.#fields.find(({ ref }) => ref === candidates) ?? {};
    if (items) {
      const text = await this.#field(t('Which field of an answer is its text?'), isText, [], items);
      const score = await this.#field(t('Which field of an answer is its score?'), isNumber, [text], items);
      return {
        ...(await this.#prompt([candidates])),
        candidates,
        text,
        score,
        best: await this.#best(score),
      };
    }
    const isScores = ({ types }: FieldSeen): boolean => types.includes('list of numbers');
    const scores = await this.#field(t('Which field is the list of scores?'), isScores, [candidates]);
    return { ...(await this.#prompt([candidates])), candidates, scores, best: await this.#best(scores) };
  }

  async #pickedFields(): Promise<MappingRule> {
    const ask = await this.#pick(t('What do the records hold?'), [
      {
        label: t('A better and a worse answer'),
        detail: t('Each has a field of its own.'),
        value: async () => this.#pair(),
      },
      {
        label: t('Two answers and a label'),
        detail: t('A field says which one is better.'),
        value: async () => this.#choice(),
      },
      { label: t('Two answers and two scores'), value: async () => this.#scored() },
      { label: t('A list of answers with scores'), value: async () => this.#candidates() },
    ]);
    return ask();
  }

  /** The mapping that the person means: one that was suggested, or one of picked fields. */
  async rule(readings: MappingFields['readings']): Promise<MappingRule> {
    if (readings.length === 0) return this.#pickedFields();
    const title =
      readings.length === 1
        ? t('How should PrefLens read the records?')
        : t('The file does not say which answer is better. Which reading is right?');
    const own: Choice<MappingRule | undefined> = { label: t('Choose the fields…'), value: undefined };
    const suggested = readings.map(({ rule, words }) => ({
      label: words,
      detail: JSON.stringify(rule),
      value: rule,
    }));
    const chosen = await this.#ports.pick<{ readonly rule: MappingRule | undefined }>(
      title,
      [...suggested, own].map(({ value, ...choice }) => ({ ...choice, value: { rule: value } })),
    );
    if (!chosen) throw new GivenUp();
    return chosen.rule ?? this.#pickedFields();
  }

  /** True if the person wants this reading, false to start again. */
  async isWanted(preview: MappingPreview): Promise<boolean> {
    const { pairs, read, records } = preview;
    const title =
      read === records
        ? t('The first pairs, as they would be read')
        : t(
            'The first pairs, as they would be read; {0} of the first {1} are not read',
            records - read,
            plural(records, 'record'),
          );
    const shown = pairs.map(({ prompt, chosen, rejected, isTie }): Choice<boolean> => {
      const [own, other] = [shortened(chosen), shortened(rejected)];
      return {
        label: prompt === '' ? t('No prompt') : t('Prompt: {0}', prompt),
        detail: isTie ? t('Tie: {0} | {1}', own, other) : t('Better: {0} | Worse: {1}', own, other),
        value: true,
      };
    });
    return this.#pick(title, [
      { label: t('Write this to preflens.json'), value: true },
      { label: t('Start again'), value: false },
      ...shown,
    ]);
  }
}

/** Asks, shows, writes. Returns the path of the preflens.json, or undefined if nothing was written. */
export async function guideMapping(ports: GuidePorts): Promise<string | undefined> {
  const found = await ports.fields();
  if (!found.ok) {
    ports.fail(found.why);
    return undefined;
  }
  const { fields, readings } = found.value;
  const guide = new Guide(ports, fields);
  try {
    for (;;) {
      const rule = await guide.rule(readings);
      const preview = await ports.preview(rule);
      if (!preview.ok) {
        ports.fail(preview.why);
        return undefined;
      }
      if (!(await guide.isWanted(preview.value))) continue;
      const written = await ports.write(rule);
      if (written.ok) return written.value;
      ports.fail(written.why);
      return undefined;
    }
  } catch (error) {
    if (error instanceof GivenUp) return undefined;
    throw error;
  }
}
