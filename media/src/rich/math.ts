// Formulas: KaTeX builds elements itself, so no text becomes markup.
import { render } from 'katex';

/** These define macros, which can grow without end, or reach beyond the formula. */
const DEFINES =
  /\\(?:[gex]?def|let|futurelet|global|long|(?:re)?newcommand|providecommand|DeclareMathOperator|newenvironment)(?![a-z])/i;

/** Longer formulas are shown as they are written. */
const MAX_LENGTH = 1500;

/** Draws a formula into an element. Returns why it stays as it is written, or undefined. */
export function drawMath(formula: string, element: HTMLElement, isBlock: boolean): string | undefined {
  if (formula.length > MAX_LENGTH) return 'The formula is too long to be drawn.';
  if (DEFINES.test(formula)) return 'The formula defines macros, so it is not drawn.';
  const target = element.ownerDocument.createElement('span');
  try {
    render(formula, target, {
      displayMode: isBlock,
      output: 'html',
      throwOnError: true,
      strict: 'ignore',
      trust: false,
      maxExpand: 200,
      maxSize: 20,
    });
  } catch (error) {
    return `The formula can't be drawn: ${error instanceof Error ? error.message : String(error)}`;
  }
  element.replaceChildren(target);
  return undefined;
}
