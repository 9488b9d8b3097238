/** A table, or a row of it, that can't be read. The message completes "this file is …". */
export class TableError extends Error {}

/** No row can be read from here on. */
export class BrokenTable extends TableError {}
