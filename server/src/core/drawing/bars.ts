// Horizontal bars with a name and a number each.
import type { Mark, Shape } from './svg.ts';
import { marked, picture, scale, shape, text, WIDTH } from './svg.ts';

export interface Bar extends Mark {
  readonly name: string;
  readonly value: number;
  /** Beside the bar. */
  readonly words: string;
  readonly colour: string;
}

const ROW = 22;
const [NAMES, NUMBERS] = [160, 74];

/** Characters of a name that fit. */
const FITS = 24;

let segmenter: Intl.Segmenter | undefined;

/** The letters of a text as people see them. Node takes 20 ms to load what this needs: most commands draw nothing. */
function lettersOf(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** A name that fits beside its bar. */
export function shortened(name: string): string {
  const all = lettersOf(name.slice(0, 20 * FITS));
  return all.length <= FITS ? name : `${all.slice(0, FITS - 1).join('')}…`;
}

export function drawBars(label: string, bars: readonly Bar[]): Shape {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const length = scale([0, most], [0, WIDTH - NAMES - NUMBERS]);
  const rows = bars.flatMap(({ name, value, words, colour, hint, query }, i) => {
    const y = i * ROW;
    return [
      text(NAMES - 6, y + 15, shortened(name), { anchor: 'end', name: 'ink' }),
      shape('rect', {
        x: NAMES,
        y: y + 4,
        width: Math.max(1, length(value)),
        height: ROW - 8,
        class: colour,
      }),
      text(NAMES + Math.max(1, length(value)) + 5, y + 15, words),
      marked('rect', { x: 0, y, width: WIDTH, height: ROW, class: 'hit' }, { hint, query }),
    ];
  });
  return picture(bars.length * ROW + 2, label, rows);
}
