// What every page does: an event makes the next state, the state is drawn, and then its effects are carried out.
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
  return {
    get state() {
      return current;
    },
    dispatch(event) {
      const [next, ...effects] = reduce(current, event);
      current = next;
      // An effect may scroll to what was just drawn.
      draw(next);
      effects.forEach(carryOut);
    },
  };
}
