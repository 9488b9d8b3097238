// Texts in the language of the editor. The English text is the key of its translation. The command line and the tests never
// choose a language, so they are English; the language server chooses one for what it writes for a page, and for nothing else.

/** A language, with the translations of English texts. */
export interface Language {
  /** As VS Code names it: "zh-cn". */
  readonly name: string;
  readonly texts: Readonly<Record<string, string>>;
}

declare const MARK: unique symbol;
/** An English text of a table, which is translated where it is shown. */
export type English = string & { readonly [MARK]: true };

let spoken: Language | undefined;

/** Chooses the language of a program, before it shows anything; undefined for English. */
export function speak(language: Language | undefined): void {
  spoken = language;
}

/**
 * Makes something in a language; undefined for English. All that `make` calls at once speaks it, and nothing that runs later.
 */
export function inLanguage<T>(
  language: Language | undefined,
  make: () => T extends Promise<unknown> ? never : T,
): T {
  const before = spoken;
  spoken = language;
  try {
    return make();
  } finally {
    spoken = before;
  }
}

/** Undefined for English. */
export function spokenLanguage(): Language | undefined {
  return spoken;
}

/** Marks a text as one that needs a translation: tables are made before the language is known. */
export function english(text: string): English {
  return text as English;
}

/** Puts values into the places {0}, {1} of a text. */
export function filled(text: string, values: readonly (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (place, number: string) => String(values[Number(number)] ?? place));
}

/**
 * The text in the chosen language.
 * @param text a literal, or a text that `english` marks: the list of all texts is read from the sources
 */
export function t<const Text extends string>(
  text: Text & (string extends Text ? English : unknown),
  ...values: readonly (string | number)[]
): string {
  return filled(spoken?.texts[text] ?? text, values);
}

/** The forms of a counted text: in English one thing, and several; in another language one for each plural category. */
const BETWEEN = '|';

/** The key under which a language keeps the forms of a counted text. */
export const formsKey = (...forms: readonly string[]): string => forms.join(BETWEEN);

/** The forms of a translation, in the order of `categoriesOf`. */
export const formsOf = (translation: string): readonly string[] => translation.split(BETWEEN);

const CATEGORIES = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

/** How many forms a counted text has in a language, in their order. */
export function categoriesOf(language: string, type: 'cardinal' | 'ordinal'): readonly string[] {
  const { pluralCategories } = new Intl.PluralRules(language, { type }).resolvedOptions();
  return CATEGORIES.filter((category) => pluralCategories.includes(category));
}

/** The form of a number in the chosen language; undefined if the English form is meant. */
export function translatedForm(
  number: number,
  key: string,
  type: 'cardinal' | 'ordinal' = 'cardinal',
): string | undefined {
  const translation = spoken?.texts[key];
  if (!spoken || translation === undefined) return undefined;
  const category = new Intl.PluralRules(spoken.name, { type }).select(number);
  const forms = formsOf(translation);
  return forms[categoriesOf(spoken.name, type).indexOf(category)] ?? forms.at(-1);
}
