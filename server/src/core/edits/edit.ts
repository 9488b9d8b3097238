// What can be done to a record, and how each mapping does it.
import { resolvePlaces } from '../json/place.ts';
import type { EditTarget } from '../mapping/forms/form.ts';
import { formOf } from '../mapping/forms/forms.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Separator } from '../model/finding.ts';
import type { TextReplacement } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { ByteEdit } from './bytes.ts';
import { toByteEdits } from './bytes.ts';

export type Edit =
  /** Exchange chosen and rejected with all that belongs to them, or turn the label. Made twice, it gives the first bytes. */
  | { readonly kind: 'flip' }
  /** Take the record out, its line end with it. */
  | { readonly kind: 'drop' }
  /** Say that neither answer is better. */
  | { readonly kind: 'tie' }
  /** Say how much better the chosen one is. */
  | { readonly kind: 'margin'; readonly margin: number }
  /** Put texts in the place of parts of string values. */
  | { readonly kind: 'replace'; readonly replace: readonly TextReplacement[] }
  /** Put each record of a line on a line of its own, without commas. All bytes of the records stay. */
  | { readonly kind: 'separate'; readonly separators: readonly Separator[]; readonly newline: Newline };

/** How the lines of a file end. */
export type Newline = '\n' | '\r\n';

export type Plan =
  | { readonly kind: 'edits'; readonly edits: readonly ByteEdit[] }
  | { readonly kind: 'drop' }
  /** The schema has no way to say it; `reason` says what to do instead. */
  | { readonly kind: 'refused'; readonly reason: string };

const encoder = new TextEncoder();

const refused = (reason: string): Plan => ({ kind: 'refused', reason });

/** The bytes of a `separate` edit: a line end between records, nothing around them. */
export function separateEdits(separators: readonly Separator[], newline: Newline): readonly ByteEdit[] {
  return separators.map(({ start, end, isBreak }) => ({
    byteStart: start,
    byteEnd: end,
    bytes: encoder.encode(isBreak ? newline : ''),
  }));
}

/** How an edit of one pair (or of the record's judgement, without a target) changes the bytes of its record. */
export function planEdit(
  mapping: Mapping,
  bytes: Uint8Array,
  record: JsonObject,
  target: EditTarget,
  edit: Edit,
): Plan {
  const { answers } = mapping;
  const form = formOf(answers);
  switch (edit.kind) {
    case 'drop':
      return { kind: 'drop' };
    case 'flip': {
      for (const changes of form.flip(answers, record, target)) {
        const edits = toByteEdits(bytes, record, changes, true);
        if (edits) return { kind: 'edits', edits };
      }
      return refused(`A record of "${mapping.title}" cannot be flipped. Drop it instead.`);
    }
    case 'tie': {
      const changes = form.tie(answers, record, target);
      const edits = changes && toByteEdits(bytes, record, changes, false);
      if (edits) return { kind: 'edits', edits };
      return refused(
        `"${mapping.title}" has no way to call two answers equal. Drop the record, or set its margin to 0.`,
      );
    }
    case 'replace': {
      const ranges = resolvePlaces(
        bytes,
        edit.replace.map(({ place }) => place),
      );
      const edits = edit.replace.map(({ place, text }, i) => {
        const range = ranges[i] ?? { byteStart: 0, byteEnd: 0 };
        // Within a string its quotes stay; a whole value has them in its range.
        const written = JSON.stringify(text);
        return { ...range, bytes: encoder.encode(place.within ? written.slice(1, -1) : written) };
      });
      edits.sort((a, b) => a.byteStart - b.byteStart);
      const overlap = edits.some(({ byteStart }, i) => byteStart < (edits[i - 1]?.byteEnd ?? 0));
      return overlap ? refused('Two of the changes touch the same text.') : { kind: 'edits', edits };
    }
    case 'separate':
      return { kind: 'edits', edits: separateEdits(edit.separators, edit.newline) };
    case 'margin': {
      if (!Number.isFinite(edit.margin)) return refused('A margin is a number.');
      const changes = form.margin(answers, record, edit.margin);
      const edits = changes && toByteEdits(bytes, record, changes, false);
      if (edits) return { kind: 'edits', edits };
      return refused(`"${mapping.title}" has no place for a margin of ${edit.margin}.`);
    }
  }
}
