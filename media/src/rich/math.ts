// Formulas: KaTeX builds elements itself, so no text becomes markup.
import { render } from 'katex';

/** These define macros, which can grow without end, or reach beyond the formula. */
const DEFINES =
  /\\(?:[gex]?def|let|futurelet|global|long|(?:re)?newcommand|providecommand|DeclareMathOperator|newenvironment)(?![a-z])/i;

/** Longer formulas are shown as they are written. */
const MAX_LENGTH = 1500;

/** Elements inside each other. Formulas in books reach 60; Chromium crashes when it lays out some hundreds. */
const MAX_DEPTH = 150;

function isTooDeep(element: Element): boolean {
  let level = [element];
  for (let depth = 0; depth < MAX_DEPTH; depth++) level = level.flatMap(({ children }) => [...children]);
  return level.length > 0;
}

/** Why a formula stays as it is written. */
export type MathFault = 'too-long' | 'macros' | 'too-deep' | { readonly says: string };

/** Draws a formula into an element; undefined if nothing is wrong with it. */
export function drawMath(formula: string, element: HTMLElement, isBlock: boolean): MathFault | undefined {
  if (formula.length > MAX_LENGTH) return 'too-long';
  if (DEFINES.test(formula)) return 'macros';
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
    return { says: error instanceof Error ? error.message : String(error) };
  }
  if (isTooDeep(target)) return 'too-deep';
  element.replaceChildren(target);
  return undefined;
}
