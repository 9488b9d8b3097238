/** Any value that JSON.parse can return. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Steps from a record to a value inside it: field names and array positions. */
export type Path = readonly (string | number)[];

/** A value as JSON text; hostile nesting, on which JSON.stringify runs out of stack, is named instead. */
export function jsonText(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '[nested too deeply]';
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
