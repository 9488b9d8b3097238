// Draws the cells of a row.
import type { JSX } from 'preact';

import { t } from '#core/words/translate.ts';

import type { Cell, Pill } from '../model/columns.ts';

function PillView({ tone, text, title }: Pill): JSX.Element {
  return (
    <span class={`pill ${tone}`} title={title}>
      {text}
    </span>
  );
}

function blankText(why: Extract<Cell, { kind: 'blank' }>['why']): string {
  switch (why) {
    case 'missing':
      return t('missing');
    case 'null':
      return 'null';
    case 'empty':
      return t('empty');
    case 'unknown':
      return '…';
    case 'none':
      return '';
  }
}

export function CellView({ cell }: { readonly cell: Cell }): JSX.Element | null {
  switch (cell.kind) {
    case 'row':
      return (
        <span class="number">
          {cell.text}
          {cell.note !== '' && <small>{cell.note}</small>}
        </span>
      );
    case 'number':
      return <span class={cell.isNegative ? 'number negative' : 'number'}>{cell.text}</span>;
    case 'text':
      return <span class={cell.tone ? `words side ${cell.tone}` : 'words'}>{cell.text}</span>;
    case 'raw':
      return <span class="words raw">{cell.text}</span>;
    case 'blank':
      return cell.why === 'none' ? null : <span class={`blank ${cell.why}`}>{blankText(cell.why)}</span>;
    case 'pills':
      return cell.pills.length === 0 ? null : <span class="pills">{cell.pills.map(PillView)}</span>;
  }
}
