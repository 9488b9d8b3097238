// Tells JSON Lines from a JSON document.
import type { Collector, IsKnown } from './documentCollector.ts';
import type { DocumentScanner } from './documentScanner.ts';

export interface LayoutOptions {
  /** The start is the whole text. */
  readonly isWhole: boolean;
  /** The file's name says JSON, not JSON Lines. */
  readonly isNamedJson: boolean;
}

/**
 * Whether objects share lines, so that the text is a sequence of documents. In a file that its name says to be JSON
 * Lines, a line with several objects is a broken line, unless all lines are like that. Record separators (RFC 7464)
 * make a sequence too.
 */
export function sharesLines(
  { hasCommaBetween, hasSeparator }: DocumentScanner,
  { sharedLines, loneLines, onLastLine, others }: Collector,
  { isNamedJson, isWhole }: LayoutOptions,
): boolean {
  if (others > 0 || hasCommaBetween) return false;
  if (hasSeparator) return true;
  if (sharedLines === 0) return false;
  return isNamedJson || loneLines + Number(isWhole && onLastLine === 1) === 0;
}

/**
 * True once the text is known to be JSON Lines.
 * @param isShared objects may share a line
 */
export function isLines(
  scanner: DocumentScanner,
  found: Collector,
  isKnown: IsKnown,
  isShared = false,
): boolean {
  const { first, isFirstClosed, samples } = found;
  if (!first || found.isSettled) return false;
  if (first.kind === 'scalar') return true;
  const [line = 0, secondLine = line] = scanner.firstLines;
  const isBare = secondLine > line;
  const { fault } = scanner;
  const isInFirst = fault !== undefined && (!isFirstClosed || fault.at.byte < first.byteEnd);
  if (isInFirst && fault.what !== 'comma' && !isBare) {
    // A list with good records is a list, even if others are broken. So is one that spans lines.
    if (isKnown(samples.filter(({ depth }) => depth > 0).map(({ value }) => value))) return false;
    if (first.kind === 'object') return true;
    return fault.what !== 'end' && fault.at.line === line;
  }
  if (!isFirstClosed || first.lineEnd > line) return false;
  const goesOn = scanner.lastMarkLine > first.lineEnd;
  if (!goesOn || isShared) return false;
  found.isSettled = first.kind === 'list' && isKnown(samples.map(({ value }) => value));
  return !found.isSettled;
}
