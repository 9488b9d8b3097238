// Figures of a portrait as elements. A click on a mark, a drag over a histogram and a row of a table select rows.
import type { JSX } from 'preact';
import { h } from 'preact';

import type { Brush, Cell, Figure, Table } from '#core/drawing/figure.ts';
import type { Shape } from '#core/drawing/svg.ts';
import { t } from '#core/words/translate.ts';

import { brushedBins } from '../model/portrait.ts';

/** Selects rows by a query. */
export type Filter = (query: string) => void;

export function draw({ tag, attributes, children }: Shape): JSX.Element {
  return h(tag, attributes, ...children.map((child) => (typeof child === 'string' ? child : draw(child))));
}

function queryAt({ target }: Event): string | undefined {
  const mark = target instanceof Element ? target.closest('[data-query]') : null;
  const query = mark?.getAttribute('data-query') ?? '';
  return query === '' ? undefined : query;
}

/** Where the mouse is, in the units of the picture. */
function placeIn(picture: SVGSVGElement, { clientX, clientY }: MouseEvent): DOMPoint {
  const toScreen = picture.getScreenCTM();
  const point = new DOMPoint(clientX, clientY);
  return toScreen ? point.matrixTransform(toScreen.inverse()) : point;
}

/** Follows a drag from a press to its release, and draws what it covers. */
function startBrush(picture: SVGSVGElement, brush: Brush, press: PointerEvent, filter: Filter): void {
  const from = placeIn(picture, press);
  const isInside = from.x >= brush.left && from.x <= brush.right && from.y <= brush.bottom;
  if (press.button !== 0 || !isInside) return;
  const band = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  band.setAttribute('class', 'band');
  const finished = new AbortController();
  const { signal } = finished;
  const move = (event: PointerEvent): void => {
    const bins = brushedBins(brush, from.x, placeIn(picture, event).x);
    if (!bins) {
      band.remove();
      return;
    }
    const width = (brush.right - brush.left) / (brush.last - brush.first + 1);
    band.setAttribute('x', String(brush.left + (bins[0] - brush.first) * width));
    band.setAttribute('width', String((bins[1] - bins[0] + 1) * width));
    band.setAttribute('y', String(brush.top));
    band.setAttribute('height', String(brush.bottom - brush.top));
    if (!band.isConnected) picture.append(band);
  };
  const end = (event: PointerEvent): void => {
    finished.abort();
    band.remove();
    const bins = brushedBins(brush, from.x, placeIn(picture, event).x);
    const query = bins ? brush.queryOf(...bins) : queryAt(press);
    if (query !== undefined) filter(query);
  };
  window.addEventListener('pointermove', move, { signal });
  window.addEventListener('pointerup', end, { signal });
  window.addEventListener(
    'pointercancel',
    () => {
      finished.abort();
      band.remove();
    },
    { signal },
  );
}

function cell({ words, isNumber }: Cell, name: 'td' | 'th'): JSX.Element {
  return h(name, isNumber === true ? { class: 'number' } : {}, words);
}

function Numbers({ table, filter }: { readonly table: Table; readonly filter: Filter }): JSX.Element {
  const canFilter = table.rows.some(({ query }) => query !== undefined && query !== '');
  return (
    <details>
      <summary>{t('Numbers')}</summary>
      <div class="scrolled" tabindex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map((one) => cell(one, 'th'))}
              {canFilter && <th />}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ cells, query }) => (
              <tr>
                {cells.map((one) => cell(one, 'td'))}
                {canFilter && (
                  <td>
                    {query !== undefined && query !== '' && (
                      <button
                        type="button"
                        class="link"
                        title={query}
                        aria-label={t('Show the rows of {0}', cells[0]?.words ?? '')}
                        onClick={() => {
                          filter(query);
                        }}
                      >
                        {t('Show rows')}
                      </button>
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

interface FigureProps {
  readonly figure: Figure;
  readonly filter: Filter;
}

export function FigureView({ figure, filter }: FigureProps): JSX.Element {
  const { id, title, caption, note, picture, key = [], table, brush } = figure;
  return (
    <figure
      id={`figure-${id}`}
      class={brush ? 'brushed' : undefined}
      onPointerDown={(press) => {
        const svg = press.target instanceof Element ? press.target.closest('svg') : null;
        if (svg && brush) startBrush(svg, brush, press, filter);
      }}
      onClick={(click) => {
        const query = brush ? undefined : queryAt(click);
        if (query !== undefined) filter(query);
      }}
    >
      <h2>{title}</h2>
      {picture && draw(picture)}
      {key.length > 0 && (
        <p class="keys">
          {key.map(({ name, label }) => (
            <span>
              <i class={`key ${name}`} />
              {label}
            </span>
          ))}
        </p>
      )}
      <figcaption>
        {caption}
        {note !== undefined && <span class="note"> {note}</span>}
      </figcaption>
      {table && <Numbers table={table} filter={filter} />}
    </figure>
  );
}
