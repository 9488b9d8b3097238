import equal from 'fast-deep-equal/es6';

type Callback = (error: Error | null, value: unknown) => void;

export const isDeepStrictEqual: (a: unknown, b: unknown) => boolean = equal;

export function promisify(work: (...args: unknown[]) => void) {
  return async (...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const done: Callback = (error, value) => {
        if (error) reject(error);
        else resolve(value);
      };
      work(...args, done);
    });
}
