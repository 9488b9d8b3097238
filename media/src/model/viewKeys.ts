// Keys of what every drawn record offers. The keys of actions are in keys.ts and datasetKeys.ts.
import type { ViewOption } from '#protocol/page/options.ts';

import type { KeyPress } from './keys.ts';
import { isPlain } from './keys.ts';
import type { RecordEvent } from './viewOptions.ts';

export const OPTION_KEYS: Readonly<Partial<Record<ViewOption, string>>> = {
  isRaw: 'v',
  showsDifferences: 'd',
  showsWords: 'w',
  scrollsTogether: 'b',
  showsCandidates: 'c',
  showsFields: 'e',
  isPinned: 'l',
};

const OPTIONS = new Map(Object.entries(OPTION_KEYS).map(([option, key]) => [key, option as ViewOption]));

export function keyOfOption(option: ViewOption): string | undefined {
  return OPTION_KEYS[option];
}

/** What a key does to how the record is drawn; undefined for other keys. */
export function recordEventFor(press: KeyPress): RecordEvent | undefined {
  if (press.repeat || !isPlain(press)) return undefined;
  // Caps Lock makes a plain key a capital letter.
  const option = OPTIONS.get(press.key.toLowerCase());
  return option && { kind: 'optionToggled', option };
}
