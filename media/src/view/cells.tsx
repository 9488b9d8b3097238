// Draws the cells of a row.
import type { JSX } from 'preact';

import type { AnswerStart, Cell, Pill } from '../model/columns.ts';

function Start({ tone, text }: AnswerStart): JSX.Element {
  return <span class={`start ${tone}${text === '' ? ' empty' : ''}`}>{text === '' ? 'empty' : text}</span>;
}

function PillView({ tone, text, title }: Pill): JSX.Element {
  return (
    <span class={`pill ${tone}`} title={title}>
      {text}
    </span>
  );
}

export function CellView({ cell }: { readonly cell: Cell }): JSX.Element {
  switch (cell.kind) {
    case 'number':
      return (
        <span class="number">
          {cell.text}
          <small>{cell.note}</small>
        </span>
      );
    case 'margin':
      return <span class={cell.isNegative ? 'margin negative' : 'margin'}>{cell.text}</span>;
    case 'texts':
      return (
        <span class="texts">
          <span class="asked">{cell.prompt === '' ? 'No prompt' : cell.prompt}</span>
          <span class="sides">{cell.answers.map(Start)}</span>
        </span>
      );
    case 'raw':
    case 'label':
      return (
        <span class="texts">
          <span class={cell.kind === 'raw' ? 'raw' : 'asked'}>{cell.text}</span>
        </span>
      );
    case 'pills':
      return <span class="pills">{cell.pills.map(PillView)}</span>;
  }
}
