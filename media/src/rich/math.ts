// Formulas: KaTeX builds elements itself, so no text becomes markup.
import { t } from '#core/words/translate.ts';
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

/** Draws a formula into an element. Returns why it stays as it is written, or undefined. */
export function drawMath(formula: string, element: HTMLElement, isBlock: boolean): string | undefined {
  if (formula.length > MAX_LENGTH) return t('The formula is too long to be drawn.');
  if (DEFINES.test(formula)) return t('The formula defines macros, so it is not drawn.');
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
  if (isTooDeep(target)) return t('The formula is too deeply nested to be drawn.');
  element.replaceChildren(target);
  return undefined;
}
