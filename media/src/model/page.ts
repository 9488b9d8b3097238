// The loop of every page: an event leads to the next state, the page draws it, then carries out the effects.
export interface PageParts<State, Event, Effect> {
  readonly initial: State;
  readonly reduce: (state: State, event: Event) => readonly [State, ...Effect[]];
  readonly draw: (state: State) => void;
  readonly carryOut: (effect: Effect) => void;
}

export interface Page<State, Event> {
  readonly state: State;
  dispatch(event: Event): void;
}

export function createPage<State, Event, Effect>({
  initial,
  reduce,
  draw,
  carryOut,
}: PageParts<State, Event, Effect>): Page<State, Event> {
  let current = initial;
  draw(current);
  return {
    get state() {
      return current;
    },
    dispatch(event) {
      const [next, ...effects] = reduce(current, event);
      current = next;
      // Effects come last: one may scroll to what was just drawn.
      draw(next);
      effects.forEach(carryOut);
    },
  };
}
