// Every error that people see: what happened, and what to do. One place, one voice.
import type { Suggestion } from './config/suggest.ts';
import type { Obstacle } from './input/obstacle.ts';
import { obstacleMessage } from './input/obstacle.ts';
import { systemErrorMessage } from './systemErrors.ts';
import { plural } from './words/numbers.ts';

/** An error to be shown as it is, without a stack. */
export class UserError extends Error {}

/** What an entry for a pair names. */
const ANY_PAIR = { prompt: 'FIELD', chosen: 'FIELD', rejected: 'FIELD' } as const;

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** What a split dataset lacks, by the names of its other shards. */
export function missingShardsMessage(
  name: string,
  { count, of, first }: { readonly count: number; readonly of: number; readonly first: readonly number[] },
): string {
  const numbers = first.map((number) => String(number).padStart(5, '0')).join(', ');
  const amount = plural(count, 'shard');
  return `${name}: ${amount} of ${of.toLocaleString('en')} missing: ${numbers}${count > first.length ? ', …' : ''}.`;
}

export const messages = {
  notFound: (path: string) => new UserError(`${path}: there is no such file. Check the path.`),
  isFolder: (path: string) =>
    new UserError(`${path}: this is a folder, and a file is needed. Name one of the .jsonl files in it.`),
  textMoved: () => new UserError('The text changed meanwhile. Nothing was edited; repeat the edit.'),
  outOfStep: (name: string) =>
    new UserError(
      `${name}: PrefLens had another text than the editor. Nothing was changed, and the text was read again: repeat the edit.`,
    ),
  loneReturn: (name: string) =>
    new UserError(
      `${name}: a carriage return stands alone in this text, and editors do not agree whether it ends a line. Nothing was changed. Take it out, or edit the file with "preflens apply".`,
    ),
  notAFile: (path: string, kind: string) =>
    new UserError(
      `${path}: this is ${kind}, and only files are read. Name a file, or give its content as standard input (-).`,
    ),
  tooLarge: (path: string, max: number) =>
    new UserError(
      `${path}: this is larger than ${Math.round(max / 2 ** 20)} MB, more than a file of this kind may have.`,
    ),
  noDataFiles: (path: string) =>
    new UserError(`${path}: there are no .jsonl, .jsonl.gz or .jsonl.zst files in this folder or below it.`),
  unreadable: (path: string, reason: string) => new UserError(`${path}: cannot be read (${reason}).`),
  damaged: (path: string, codec: string, reason: string) =>
    new UserError(
      `${path}: the ${codec} data is damaged (${reason}). Compress the file anew, or unpack what is left of it.`,
    ),
  badParquet: (path: string, what: string) => new UserError(`${path}: this file is ${what}.`),
  noZstdWriter: () =>
    new UserError('Saving .zst files needs Node 22.15 or newer. Unpack the file first, or use a newer Node.'),
  changed: (path: string) =>
    new UserError(`${path}: the file changed while it was read. Nothing was written; run the command again.`),
  empty: (path: string) =>
    new UserError(
      `${path}: the file is empty: there is nothing to check. If it should hold records, write or download it again.`,
    ),
  /** A file that is not JSON Lines as a whole. */
  obstacle: (path: string, obstacle: Obstacle) => {
    const { at } = obstacle;
    const place = at ? `:${at.line + 1}:${at.column + 1}` : '';
    return new UserError(`${path}${place}: ${obstacleMessage(path, obstacle)}`);
  },
  brokenDocument: (path: string, offset: number, fault: string) =>
    new UserError(
      `${path}: the document is not valid JSON at byte ${offset + 1}: ${fault}. Mend it there; nothing was written.`,
    ),
  tooLargeColumns: (path: string) =>
    new UserError(
      `${path}: columns of more than 256 MB are not turned into records. Write JSON Lines with pandas: read_json(…).to_json(…, orient="records", lines=True).`,
    ),
  /** Most lines are no JSON objects; `fault` says what is wrong with the first one. */
  brokenLines: (path: string, broken: number, all: number, line: number, fault: string) =>
    new UserError(
      `${path}: no preference pairs recognised: ${all === 1 ? 'its one line is no JSON object' : `${broken} of ${all} lines are no JSON objects`}. Line ${line}: ${fault}`,
    ),
  unrecognised: (path: string, fields: readonly string[], { nearest, rule, known }: Suggestion = {}) => {
    const near = nearest
      ? ` The nearest schema is ${nearest.title} (${nearest.id}): the records lack ${nearest.missing.join(' and ')}.`
      : '';
    const entry = { mappings: [{ files: fileName(path), ...(rule ?? { ...ANY_PAIR, ...known }) }] };
    const how = rule
      ? 'This entry of preflens.json reads them; check which answer is the better one'
      : 'Name their fields in preflens.json; a pair needs its prompt and two answers, by names joined with dots';
    return new UserError(
      `${path}: no preference pairs recognised. The records have the fields ${list(fields.slice(0, 12))}.${near} ${how}: ${JSON.stringify(entry)}`,
    );
  },
  badConfig: (path: string, fault: string) =>
    new UserError(`${path}: ${fault}. Correct the file; editors complete its fields.`),
  badMemory: (path: string, line: number, why: string) =>
    new UserError(`${path}:${line}: this line cannot be read: ${why}. Mend it by hand; nothing was written.`),
  badPattern: (pattern: string, fault: string) =>
    new UserError(`${pattern}: this pattern cannot be used: ${fault}.`),
  nothingFits: (pattern: string) =>
    new UserError(`${pattern}: no file fits this pattern. Quote it where the shell is to leave it alone.`),
  noRule: (id: string, meant: string | undefined) =>
    new UserError(
      `No such rule: ${id}${meant === undefined ? '' : `; did you mean "${meant}"?`}. "preflens explain" lists all rules.`,
    ),
  fixesLeft: (path: string, rule: string, count: number) =>
    new UserError(
      `${path}: ${count} more findings of "${rule}" are left, as many as memory could not hold. Run the command again, or give it more (--memory).`,
    ),
  noRecordAt: (path: string, line: number) =>
    new UserError(`${path}:${line}: no record stands on this line.`),
  noPlace: (text: string) =>
    new UserError(`"${text}" names no line. Write it as FILE:LINE, as in data.jsonl:17.`),
  notKept: () =>
    new UserError('The finding is not there any more, or its file is not saved. Nothing was written down.'),
  notPruned: () =>
    new UserError(
      'Nothing was taken out: without the files that cannot be read, nobody knows which entries are needed. Mend them and run it again.',
    ),
  noBaselineHere: (path: string) =>
    new UserError(`${path}: there is no baseline. Write one: preflens baseline FILES.`),
  badModel: (folder: string, fault: string) =>
    new UserError(`${folder}: this model cannot be used: ${fault}.`),
  badSidecar: (path: string, line: number, fault: string) =>
    new UserError(`${path}:${line}: this is no row of scores: ${fault}.`),
  noServer: (url: string) =>
    new UserError(`"${url}" in preflens.json names no server. Write it as https://host:port.`),
  noSecret: (name: string, origin: string) =>
    new UserError(
      `There is no secret ${name} for ${origin}. Set the environment variable, or in the editor run "PrefLens: Set Endpoint Secret".`,
    ),
  foreignSecret: (name: string, allowed: string, origin: string) =>
    new UserError(
      `preflens.json wants to send the variable ${name} to ${origin}. Only variables made for this are read. Name it "${allowed}" in preflens.json and in the environment, or in the editor run "PrefLens: Set Endpoint Secret" for this server.`,
    ),
  notAllowedToSend: (what: string, where: string) =>
    new UserError(
      `preflens.json asks to send ${what} to ${where}. Nothing was sent; run again with --send to allow it.`,
    ),
  notSent: (where: string) =>
    new UserError(`Nothing was sent to ${where}. Score the file again to be asked again.`),
  untrusted: () =>
    new UserError(
      'Models and servers named in preflens.json are not used in an untrusted folder. Trust the folder to use them.',
    ),
  notScorable: (path: string, reason: string) => new UserError(`${path}: ${reason}`),
  badFraming: (reason: string) =>
    new UserError(
      `PrefLens: the editor's messages cannot be told apart any more (${reason}). The server ends; start it again.`,
    ),
  needsMemory: (name: string, needMb: number, memoryMb: number) =>
    new UserError(
      `${name}: so many records need about ${needMb} MB of memory, and ${memoryMb} MB is the limit. Allow more (--memory ${needMb}, in the editor preflens.memoryMb), or split the file.`,
    ),
  scorerGivenUp: (tries: number, reason: string) =>
    new UserError(
      `Nothing was scored: the scoring process was started ${tries} times and got nowhere. The last time: ${reason} Try again when the machine has more time or memory.`,
    ),
  serverFailed: (where: string, reason: string) =>
    new UserError(`${where} does not score: ${reason}. Check the server; what it scored so far is kept.`),
  nothingScored: (path: string, words: string) =>
    new UserError(
      `${path}: no pair was scored: ${words}. Check the model or the server with one short pair; nothing was written.`,
    ),
  tooLargeForText: (path: string) =>
    new UserError(
      `${path}: this is more than 50 MB of text, which no text editor takes. Use the dataset editor.`,
    ),
  notWholeAsText: (path: string, record: number, fault: string) =>
    new UserError(`${path}: row ${record + 1} has no text. ${fault} Use the dataset editor.`),
  rowsAdded: (path: string, count: number) =>
    new UserError(
      `${path}: the text has ${plural(count, 'more line')} than the table has rows. You can edit or delete rows here, but not add them. Nothing was saved.`,
    ),
  editedElsewhere: (path: string) =>
    new UserError(`${path}: the dataset editor has unsaved edits of this file. Save or revert them first.`),
  badRowText: (path: string, record: number, fault: string) =>
    new UserError(`${path}: row ${record + 1} is no JSON object: ${fault}. Nothing was saved.`),
  cannotUndo: () =>
    new UserError(
      'This edit cannot be taken back: its row was removed, or another program changed it. Edit the row as it is now.',
    ),
  stillReading: (path: string) =>
    new UserError(`${path}: the file is still being read. Try again once its rows are shown.`),
  diskFull: (path: string) =>
    new UserError(
      `${path}: there is no room on the disk for the new file. The old one is as it was; make room and save again.`,
    ),
  notWritable: (path: string, reason: string) =>
    new UserError(`${path}: a new file cannot be written beside it (${reason}). The old one is as it was.`),
  changedWhileSaving: (path: string) =>
    new UserError(
      `${path}: the file changed while it was being saved. It is as the other program left it. Look at it, then save again.`,
    ),
  notVerified: (path: string) =>
    new UserError(
      `${path}: what was written could not be read back as it should be. The old file is as it was; check the disk.`,
    ),
  noSuchRecord: (path: string, record: number) =>
    new UserError(`${path}: there is no record ${record}. Records are numbered from 0; nothing was changed.`),
  badEdit: (where: string, fault: string) => new UserError(`${where}: ${fault} Nothing was changed.`),
  noZstdTables: () =>
    new UserError('Packing with zstd needs Node 22.15 or newer. Use another --codec, or a newer Node.'),
  noTarget: (id: string, known: readonly string[]) =>
    new UserError(`There is no format "${id}". Known are ${list(known)}.`),
  system: (path: string, code: string, detail: string) => {
    const { what, todo } = systemErrorMessage(code, detail);
    return new UserError(`${path}: ${what} (${code}). ${todo}.`);
  },
  noCache: (folder: string, why: string) =>
    new UserError(
      `The cache in ${folder} is not used: ${why}. Everything works without it, slower; PREFLENS_CACHE names another folder.`,
    ),
  splitsLinks: (path: string, names: number) =>
    new UserError(
      `${path}: this file has ${names} names (hard links). A save gives it a new file under this name; under the others the old one stays.`,
    ),
  noRegularFile: (path: string) =>
    new UserError(
      `${path}: this is no regular file, and is not written to. Choose another name; "-" stands for standard output.`,
    ),
  linkLeaves: (path: string, folder: string) =>
    new UserError(
      `${path}: this link leads out of ${folder}. It was not followed and nothing was written; put a file or folder in its place.`,
    ),
  locked: (path: string, lock: string, seconds: number) =>
    new UserError(
      `${path}: another PrefLens has been writing to it for ${seconds} seconds. Nothing was written. ` +
        `Run the command again; where no other one runs, delete ${lock}.`,
    ),
  otherKindOfFile: (path: string, from: string) =>
    new UserError(
      `${path}: ${from} cannot be saved as this kind of file. Keep the ending of its name, or use preflens convert.`,
    ),
  nothingToWrite: (path: string, read: number) =>
    new UserError(
      read === 0
        ? `${path}: there are no records to convert. No file was made.`
        : `${path}: nothing of it could be written, for the reasons above. No file was made.`,
    ),
  outputIsInput: (path: string) =>
    new UserError(`${path}: the output would overwrite the dataset. Choose another file for --out.`),
};
