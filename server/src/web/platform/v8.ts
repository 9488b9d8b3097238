// Only the command line asks threads for the reasons of margins.
export function deserialize(): never {
  throw new Error('v8: a browser has no such format');
}
