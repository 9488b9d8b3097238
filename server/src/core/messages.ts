// Every error that people see: what happened, and what to do. One place, one voice.

/** An error to be shown as it is, without a stack. */
export class UserError extends Error {}

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

export const messages = {
  notFound: (path: string) => new UserError(`${path}: there is no such file. Check the path.`),
  isDirectory: (path: string) =>
    new UserError(
      `${path}: this is a folder. Name the .jsonl or .jsonl.gz files in it, for example ${path}/*.jsonl`,
    ),
  unreadable: (path: string, reason: string) => new UserError(`${path}: cannot be read (${reason}).`),
  badGzip: (path: string, reason: string) =>
    new UserError(
      `${path}: the gzip data is damaged (${reason}). Compress the file anew, or unpack what is left of it.`,
    ),
  changed: (path: string) =>
    new UserError(`${path}: the file changed while it was read. Nothing was written; run the command again.`),
  empty: (path: string) => new UserError(`${path}: the file is empty: there is nothing to check.`),
  unrecognised: (path: string, fields: readonly string[]) =>
    new UserError(
      `${path}: no preference pairs recognised. ` +
        (fields.length === 0
          ? 'No line is a JSON object. '
          : `The records have the fields ${list(fields.slice(0, 12))}. `) +
        'PrefLens reads "chosen" and "rejected" as HH transcripts, as texts, or as message lists, with or without "prompt".',
    ),
  tooFewPairs: (path: string, count: number, least: number) =>
    new UserError(
      `${path}: ${count} pairs are too few to score: the consistency scorer needs at least ${least} to compare with each other.`,
    ),
  outputIsInput: (path: string) =>
    new UserError(`${path}: the output would overwrite the dataset. Choose another file for --out.`),
};
