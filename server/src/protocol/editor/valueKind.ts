/** What a value of a record is. `empty`: a text, list or object without content. */
export type ValueKind = 'null' | 'empty' | 'text' | 'number' | 'boolean' | 'list' | 'object';
