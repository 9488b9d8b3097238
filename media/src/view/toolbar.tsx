// The bar above a pair: where it is, and its actions in one row. Those that do not fit are in its menu.
import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { t } from '#core/words/translate.ts';

import type { ActionRow } from '../model/keys.ts';
import type { PageState } from '../model/pageState.ts';

export interface ToolbarProps<Action> {
  /** A title, then what else is known of the place. */
  readonly place: readonly string[];
  readonly actions: readonly ActionRow<Action>[];
  readonly state: PageState;
  readonly act: (action: Action) => void;
}

type RowsProps<Action> = Omit<ToolbarProps<Action>, 'place'>;

function hintOf({ key, title }: ActionRow<unknown>): string {
  return t('{0} ({1})', t(title), key.toUpperCase());
}

/** The number of children that stand in the first row of a box. */
function fittingIn(box: HTMLElement): number {
  const children = [...box.children] as HTMLElement[];
  const top = children[0]?.offsetTop ?? 0;
  const next = children.findIndex(({ offsetTop }) => offsetTop > top);
  return next < 0 ? children.length : next;
}

/** How many buttons of a box fit into its row; all of them until the page is laid out. */
function useFitting(box: RefObject<HTMLElement | null>): number {
  const [fitting, setFitting] = useState(Infinity);
  useLayoutEffect(() => {
    const { current } = box;
    if (!current || typeof ResizeObserver === 'undefined') return undefined;
    const measure = (): void => {
      setFitting(fittingIn(current));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    measure();
    return () => {
      observer.disconnect();
    };
  }, [box]);
  return fitting;
}

function focusItem(menu: HTMLElement | null, step: (at: number, count: number) => number): void {
  const items = [...(menu?.querySelectorAll<HTMLElement>('[role="menuitem"]:enabled') ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(step(at, items.length) + items.length) % items.length]?.focus();
}

const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => (at < 0 ? -1 : at - 1),
  Home: () => 0,
  End: (_at, count) => count - 1,
};

function Menu<Action>({ actions, state, act }: RowsProps<Action>): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return undefined;
    focusItem(box.current, () => 0);
    const leave = ({ target }: Event): void => {
      if (!(target instanceof globalThis.Node) || !box.current?.contains(target)) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
    };
  }, [isOpen]);
  const press = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (!isOpen || !(move || event.key === 'Escape')) return;
    event.preventDefault();
    // The arrows would walk through findings.
    event.stopPropagation();
    if (move) focusItem(box.current, move);
    else close();
  };
  return (
    <div class="menu" ref={box} onKeyDown={press}>
      <button
        type="button"
        ref={button}
        title={t('More actions')}
        aria-label={t('More actions')}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        ⋯
      </button>
      {isOpen && (
        <div class="items" role="menu" aria-label={t('More actions')}>
          {actions.map((row) => (
            <button
              type="button"
              role="menuitem"
              title={hintOf(row)}
              disabled={!row.isEnabled(state)}
              onClick={() => {
                close();
                act(row.action);
              }}
            >
              {t(row.label)}
              <kbd>{row.key.toUpperCase()}</kbd>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

export function Toolbar<Action>({ place, actions, state, act }: ToolbarProps<Action>): JSX.Element {
  const [title, ...more] = place;
  const box = useRef<HTMLDivElement>(null);
  const fitting = useFitting(box);
  const usual = actions.filter(({ isRare }) => !isRare);
  const inMenu = [...usual.slice(fitting), ...actions.filter(({ isRare }) => isRare)];
  return (
    <nav>
      <div class="place">
        <strong>{title}</strong>
        {more.map((text) => (
          <span>{text}</span>
        ))}
      </div>
      <div class="buttons" ref={box}>
        {usual.map((row, i) => (
          <button
            type="button"
            class={i < fitting ? '' : 'hidden'}
            title={hintOf(row)}
            disabled={!row.isEnabled(state)}
            onClick={() => {
              act(row.action);
            }}
          >
            {t(row.label)}
            <kbd>{row.key.toUpperCase()}</kbd>
          </button>
        ))}
      </div>
      {inMenu.length > 0 && <Menu actions={inMenu} state={state} act={act} />}
    </nav>
  );
}

/** Why the last action failed. */
export function Notice({ text }: { readonly text: string | undefined }): JSX.Element | null {
  return text === undefined ? null : (
    <p class="notice" role="alert">
      {text}
    </p>
  );
}
