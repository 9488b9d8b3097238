// The edits of a record, and how each one becomes bytes under a mapping.
import { resolvePlaces } from '../json/place.ts';
import type { EditTarget } from '../mapping/forms/form.ts';
import { formOf } from '../mapping/forms/forms.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { partFor } from '../mapping/read.ts';
import type { Separator } from '../model/finding.ts';
import type { TextReplacement } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { ByteEdit } from './bytes.ts';
import { toByteEdits } from './bytes.ts';

export type Edit =
  /**
   * Swaps chosen and rejected with everything that belongs to them, or inverts the label. Flipping twice restores
   * the bytes.
   */
  | { readonly kind: 'flip' }
  /** Removes the record and its line end. */
  | { readonly kind: 'drop' }
  /** Marks both answers as equally good. */
  | { readonly kind: 'tie' }
  /** Sets how much better the chosen answer is. */
  | { readonly kind: 'margin'; readonly margin: number }
  /** Replaces parts of string values. */
  | { readonly kind: 'replace'; readonly replace: readonly TextReplacement[] }
  /** Puts each record of a line on its own line, without commas. All bytes of the records stay. */
  | { readonly kind: 'separate'; readonly separators: readonly Separator[]; readonly newline: Newline };

/** Line end of a file. */
export type Newline = '\n' | '\r\n';

export type Plan =
  | { readonly kind: 'edits'; readonly edits: readonly ByteEdit[] }
  | { readonly kind: 'drop' }
  /** The schema can't express it; `reason` says what to do instead. */
  | { readonly kind: 'refused'; readonly reason: string };

const encoder = new TextEncoder();

const refused = (reason: string): Plan => ({ kind: 'refused', reason });

/** Byte edits for `separate`: a line end between records, nothing around them. */
export function separateEdits(separators: readonly Separator[], newline: Newline): readonly ByteEdit[] {
  return separators.map(({ start, end, isBreak }) => ({
    byteStart: start,
    byteEnd: end,
    bytes: encoder.encode(isBreak ? newline : ''),
  }));
}

/** Plans an edit of a pair, or of the record's judgement if there is no target. */
export function planEdit(
  whole: Mapping,
  bytes: Uint8Array,
  record: JsonObject,
  target: EditTarget,
  edit: Edit,
): Plan {
  const mapping = partFor(whole, record);
  const { answers } = mapping;
  const form = formOf(answers);
  switch (edit.kind) {
    case 'drop':
      return { kind: 'drop' };
    case 'flip': {
      const ways = form.flip(answers, record, target);
      if ('refused' in ways) return refused(ways.refused);
      for (const changes of ways) {
        const edits = toByteEdits(bytes, record, changes, true);
        if (edits) return { kind: 'edits', edits };
      }
      return refused(
        ways.length === 0
          ? `A "${mapping.title}" record can’t be flipped. Drop it instead.`
          : 'What says which answer is better is spelled in an unusual way, with escapes or like 1e0: a second flip would not bring it back. Edit the record by hand, or drop it.',
      );
    }
    case 'tie': {
      const changes = form.tie(answers, record, target);
      const edits = changes && toByteEdits(bytes, record, changes, false);
      if (edits) return { kind: 'edits', edits };
      return refused(`"${mapping.title}" can’t express a tie. Drop the record, or set its margin to 0.`);
    }
    case 'replace': {
      const ranges = resolvePlaces(
        bytes,
        edit.replace.map(({ place }) => place),
      );
      const edits = edit.replace.map(({ place, text }, i) => {
        const range = ranges[i] ?? { byteStart: 0, byteEnd: 0 };
        // A range inside a string excludes the quotes; a whole value includes them.
        const written = JSON.stringify(text);
        return { ...range, bytes: encoder.encode(place.within ? written.slice(1, -1) : written) };
      });
      edits.sort((a, b) => a.byteStart - b.byteStart);
      const overlap = edits.some(({ byteStart }, i) => byteStart < (edits[i - 1]?.byteEnd ?? 0));
      return overlap ? refused('Two of the changes overlap.') : { kind: 'edits', edits };
    }
    case 'separate':
      return { kind: 'edits', edits: separateEdits(edit.separators, edit.newline) };
    case 'margin': {
      if (!Number.isFinite(edit.margin)) return refused('A margin must be a number.');
      const changes = form.margin(answers, record, edit.margin);
      const edits = changes && toByteEdits(bytes, record, changes, false);
      if (edits) return { kind: 'edits', edits };
      return refused(`"${mapping.title}" can’t store a margin of ${edit.margin}.`);
    }
  }
}
