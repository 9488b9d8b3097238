// JSON Schema in the few forms that tools need, and the types of the values that fit.

interface Described {
  readonly description?: string;
}

export interface TextSchema extends Described {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface NumberSchema extends Described {
  readonly type: 'integer' | 'number';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}

interface BooleanSchema extends Described {
  readonly type: 'boolean';
}

export interface ListSchema extends Described {
  readonly type: 'array';
  readonly items: Schema;
}

export interface ObjectSchema extends Described {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

export type Schema = TextSchema | NumberSchema | BooleanSchema | ListSchema | ObjectSchema;

/** The values that fit a schema. */
export type Fitting<S> = S extends { readonly enum: readonly (infer E)[] }
  ? E
  : S extends { readonly type: 'string' }
    ? string
    : S extends { readonly type: 'integer' | 'number' }
      ? number
      : S extends { readonly type: 'boolean' }
        ? boolean
        : S extends { readonly type: 'array'; readonly items: infer Item }
          ? readonly Fitting<Item>[]
          : S extends {
                readonly type: 'object';
                readonly properties: infer P;
                readonly required: readonly (infer R)[];
              }
            ? { readonly [K in keyof P & R]: Fitting<P[K]> } & {
                readonly [K in Exclude<keyof P, R>]?: Fitting<P[K]>;
              }
            : never;

type Properties = Readonly<Record<string, Schema>>;

interface ObjectOf<P extends Properties, Optional extends keyof P> {
  readonly type: 'object';
  readonly properties: P;
  readonly required: readonly Exclude<keyof P & string, Optional>[];
  readonly additionalProperties: false;
}

/** An object with these properties alone; all are required but the named ones. */
export function object<const P extends Properties, const Optional extends keyof P & string = never>(
  properties: P,
  optional: readonly Optional[] = [],
): ObjectOf<P, Optional> {
  const isRequired = (name: string): name is Exclude<keyof P & string, Optional> =>
    !(optional as readonly string[]).includes(name);
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter(isRequired),
    additionalProperties: false,
  };
}

export const text = (description: string) => ({ type: 'string', description }) as const;
export const integer = (description: string) => ({ type: 'integer', description }) as const;
export const number = (description: string) => ({ type: 'number', description }) as const;
export const flag = (description: string) => ({ type: 'boolean', description }) as const;
export const list = <const Item extends Schema>(items: Item, description: string) =>
  ({ type: 'array', items, description }) as const;
