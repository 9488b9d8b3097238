/** The result of a request that can fail for a reason that a person can act on. */
export type Outcome<T = null> =
  | { readonly ok: true; readonly value: T }
  /** `why`: the reason, and what to do. */
  | { readonly ok: false; readonly why: string };
