/** Work that runs once, `ms` after the last call of `soon`. */
export interface Debounced {
  soon(): void;
  cancel(): void;
}

export function debounced(ms: number, work: () => void): Debounced {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon() {
      clearTimeout(timer);
      timer = setTimeout(work, ms);
    },
    cancel() {
      clearTimeout(timer);
    },
  };
}
