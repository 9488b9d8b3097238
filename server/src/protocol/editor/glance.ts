// What the start of a file shows that the server does not hold open.

/** Empty for a file that is no dataset. */
export interface Glance {
  /** Title of the schema by which it would be read. */
  readonly schema?: string;
  /** Why it gives no pairs, of a file that resembles a dataset. */
  readonly why?: string;
}
