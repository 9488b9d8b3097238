// Error messages for users: what happened, and what to do.
import type { FieldSeen } from './config/fieldsSeen.ts';
import { patternOf } from './config/pattern.ts';
import type { SuggestedReading } from './config/readingWords.ts';
import type { NearSchema, Suggestion } from './config/suggest.ts';
import type { Obstacle } from './input/obstacle.ts';
import { forFile, obstacleMessage } from './input/obstacle.ts';
import { isCsv } from './input/tableNames.ts';
import { systemErrorMessage } from './systemErrors.ts';
import { plural } from './words/numbers.ts';

/** An error to show without a stack trace. */
export class UserError extends Error {}

/** The person has not said that the folder may run what it names. */
export class Untrusted extends UserError {}

/** Names of fields in a short message. */
const MAX_NAMES = 6;

/** A file that lies elsewhere, and that a command fetches. */
export class NotDownloaded extends UserError {}

/** Placeholder for a user's mapping of a pair. */
const ANY_PAIR = { prompt: 'FIELD', chosen: 'FIELD', rejected: 'FIELD' } as const;

/** Names of the formats that we only read. */
const READ_ONLY: Readonly<Record<string, string>> = { arrow: 'Arrow', csv: 'CSV' };

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** A word that a shell passes on unchanged. */
export function shellWord(text: string): string {
  return /^[\w./=:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** "TRL explicit prompt (trl-explicit): the records lack "rejected"" */
export function nearMessage({ id, title, faults }: NearSchema): string {
  return `${title} (${id}): the records ${faults.join(' and ')}`;
}

/** The command that turns Python text in fields into JSON; undefined if there is none. */
export function pythonMessage(path: string, fields: readonly FieldSeen[]): string | undefined {
  const names = fields.filter(({ types }) => types.includes('Python text')).map(({ name }) => name);
  if (names.length === 0) return undefined;
  const quoted = names.map((name) => `'${name.replaceAll(/[^\w .-]/g, '?')}'`).join(', ');
  const [from, to] = [path, `${path.replace(/\.\w+$/, '')}.fixed.jsonl`].map(shellWord);
  return (
    `${list(names)} ${names.length === 1 ? 'holds' : 'hold'} messages as Python text, which is not JSON. This command writes them as JSON: ` +
    `python3 -c "import ast, json, sys; F = [${quoted}]; [print(json.dumps({k: ast.literal_eval(v) if k in F else v for k, v in json.loads(l).items()})) for l in sys.stdin]" < ${from} > ${to}`
  );
}

/** What a file looks like that holds no preference. */
export function otherKindMessage(kind: string): string {
  return `It looks like ${kind}. That is no preference data: nothing in it says that one answer is better than another.`;
}

export const MAP_ALL_THE_SAME =
  'If two of its fields do hold a better and a worse answer, name them in preflens.json';

function suggestionMessage(path: string, suggestion?: Suggestion): string {
  const python = pythonMessage(path, suggestion?.fields ?? []);
  if (python !== undefined) return ` ${python}`;
  const file = fileName(path);
  const { kind, nearest = [], readings = [], known } = suggestion ?? {};
  const [near] = nearest;
  const [reading, ...others] = kind === undefined ? readings : [];
  const rule = reading?.rule ?? { ...ANY_PAIR, ...known };
  const entry = JSON.stringify({ mappings: [{ files: patternOf(file), ...rule }] });
  if (kind !== undefined) return ` ${otherKindMessage(kind)} ${MAP_ALL_THE_SAME}: ${entry}`;
  const how = !reading
    ? 'Map the prompt and the two answers in preflens.json, with nested names joined by dots'
    : others.length === 0
      ? 'This entry in preflens.json reads them; check which answer it calls better'
      : `The file does not say which answer is better. This entry in preflens.json is right if ${reading.words}; if not, exchange the two`;
  return `${near ? ` The nearest schema is ${nearMessage(near)}.` : ''} ${how}: ${entry}`;
}

/** Names the missing shards of a split dataset, judged by the names of the others. */
export function missingShardsMessage(
  name: string,
  { count, of, first }: { readonly count: number; readonly of: number; readonly first: readonly number[] },
): string {
  const numbers = first.map((number) => String(number).padStart(5, '0')).join(', ');
  const amount = plural(count, 'shard');
  return `${name}: ${amount} of ${of.toLocaleString('en')} missing: ${numbers}${count > first.length ? ', …' : ''}.`;
}

export const messages = {
  notFound: (path: string) => new UserError(`${path}: no such file. Check the path.`),
  isFolder: (path: string) =>
    new UserError(`${path}: this is a folder, not a file. Name one of the .jsonl files in it.`),
  textMoved: () => new UserError('The text changed in the meantime. Nothing was edited. Repeat the edit.'),
  outOfStep: (name: string) =>
    new UserError(
      `${name}: PrefLens had a different text than the editor. Nothing was changed, and PrefLens has read the text again. Repeat the edit.`,
    ),
  loneReturn: (name: string) =>
    new UserError(
      `${name}: this text has a lone carriage return, and editors disagree on whether it ends a line. Nothing was changed. Remove it, or edit the file with \`preflens apply\`.`,
    ),
  notDownloaded: (path: string) =>
    new NotDownloaded(
      `${path}: this is a link of git-annex; the data itself was not downloaded. Download it: git annex get ${shellWord(path)}`,
    ),
  notAFile: (path: string, kind: string) =>
    new UserError(
      `${path}: this is ${kind}, not a regular file. Name a file, or pipe its content to standard input (-).`,
    ),
  tooLarge: (path: string, max: number) =>
    new UserError(`${path}: this file is too large: the limit is ${Math.round(max / 2 ** 20)} MB.`),
  noDataFiles: (path: string) =>
    new UserError(
      `${path}: no dataset in this folder or below it: no .jsonl, .parquet or .arrow file, and no JSON, CSV or TSV file with pairs of a known schema. Name a file to see what is wrong with it.`,
    ),
  unreadable: (path: string, reason: string) => new UserError(`${path}: can’t be read (${reason}).`),
  damaged: (path: string, codec: string, reason: string) =>
    new UserError(
      `${path}: the ${codec} data is damaged (${reason}). Compress the original file again, or decompress what is left.`,
    ),
  readOnly: (path: string, kind: string) =>
    new UserError(
      `${path}: PrefLens reads ${READ_ONLY[kind] ?? kind} files but does not write them. Nothing was changed. ${forFile('Convert it, then edit the result: preflens convert {file} --out {stem}.jsonl', path)}`,
    ),
  readOnlyInEditor: (path: string, kind: string) =>
    new UserError(
      `${fileName(path)}: PrefLens reads ${READ_ONLY[kind] ?? kind} files but does not write them. Nothing was changed. Run “PrefLens: Convert to JSON Lines…”, then edit the result.`,
    ),
  notWritten: (path: string, kind: string) =>
    new UserError(
      `${path}: PrefLens does not write ${READ_ONLY[kind] ?? kind} files. Choose a name that ends in .jsonl, .json (also .gz or .zst) or .parquet.`,
    ),
  /** The text can't be cut into rows from a line on, counted from 0. */
  badCsv: (path: string, line: number, fault: string | undefined) =>
    new UserError(
      `${path}:${line + 1}: ${fault ?? 'a quote is opened in this row and never closed. Close it, or double it if it belongs to the text'}. The rows after it can’t be read.`,
    ),
  severalFiles: (path: string, count: number, first: string) =>
    new UserError(`${path}: this folder holds ${count} files. Name one of them, such as ${first}.`),
  noRevision: (path: string, revision: string, why: string) =>
    new UserError(
      `${path}: git has no such file in "${revision}": ${why}. Name a revision in which the file is committed, or compare two files: preflens diff OLD NEW`,
    ),
  nothingCompared: (path: string) =>
    new UserError(
      `${path}: "change" is about an earlier version, and none is named. Name one: preflens rows FILE --against OLD --where change:*`,
    ),
  gitNeedsTrust: () =>
    new UserError(
      'The comparison with HEAD runs git in this folder, so the workspace has to be trusted. Run "Workspaces: Manage Workspace Trust".',
    ),
  noPastOf: (name: string) =>
    new UserError(`${name} is no file on disk, so no revision of it can be found. Save it first.`),
  noGit: (path: string) =>
    new UserError(`${path}: the program git was not found. Compare two files: preflens diff OLD NEW`),
  mergeKind: (path: string) =>
    new UserError(
      `${path}: only JSON Lines can be merged record by record. Your version was kept as it is; compare both with \`preflens diff\`.`,
    ),
  mergeTooLong: (path: string, line: number) =>
    new UserError(
      `${path}:${line}: the record is too long to merge. Nothing was written; \`--memory\` allows longer ones.`,
    ),
  rowsNotTable: (out: string) =>
    new UserError(
      `${out}: \`preflens rows\` writes records as JSON Lines. Name a .jsonl file, and make a table of it with \`preflens convert\`.`,
    ),
  slowExpression: (path: string, record: number) =>
    new UserError(
      `${path}: the regular expression took more than 2 seconds on record ${record + 1}, and the search ended there. Write a simpler one: without a repeat inside a repeat, such as (a+)+.`,
    ),
  badUtf16: (path: string) =>
    new UserError(
      `${path}: this UTF-16 text holds half of a character, or breaks off inside one. Download or write it again, or remove that character.`,
    ),
  badTable: (path: string, what: string) => new UserError(`${path}: this file is ${what}.`),
  noZstdWriter: () =>
    new UserError(
      'Saving .zst files needs Node 22.15 or newer. Decompress the file first, or use a newer Node.',
    ),
  changed: (path: string) =>
    new UserError(
      `${path}: the file changed while PrefLens read it. Nothing was written; run the command again.`,
    ),
  empty: (path: string) =>
    new UserError(
      `${path}: ${isCsv(path) ? 'the table has no rows' : 'the file is empty'}. If it should contain records, write or download it again.`,
    ),
  /** The whole file is not JSON Lines. */
  obstacle: (path: string, obstacle: Obstacle) => {
    const { at } = obstacle;
    const place = at ? `:${at.line + 1}:${at.column + 1}` : '';
    return new UserError(`${path}${place}: ${obstacleMessage(path, obstacle)}`);
  },
  brokenDocument: (path: string, offset: number, fault: string) =>
    new UserError(
      `${path}: the document is not valid JSON at byte ${offset + 1}: ${fault}. Fix it there. Nothing was written.`,
    ),
  tooLargeColumns: (path: string) =>
    new UserError(
      `${path}: PrefLens does not convert more than 256 MB of columns to records. Convert the file with pandas: read_json(…).to_json(…, orient="records", lines=True).`,
    ),
  /** Most records are not JSON objects. `fault` explains the first one. */
  brokenLines: (path: string, broken: number, all: number, line: number, fault: string) =>
    new UserError(
      `${path}: no preference pairs recognised: ${all === 1 ? 'its only record is not a JSON object' : `${broken} of ${all} records are not JSON objects`}. Line ${line}: ${fault}`,
    ),
  /** @param more where to read more; default: the command that shows it */
  unrecognised: (
    path: string,
    names: readonly string[],
    suggestion?: Suggestion,
    more = `\`preflens schema ${shellWord(path)} --suggest\` shows the fields and can write the entry; in the editor, "PrefLens: Map Fields…" does.`,
  ) =>
    new UserError(
      names.length === 0
        ? `${path}: no preference pairs recognised: the records have no fields. If they should hold pairs, write or download the file again.`
        : `${path}: no preference pairs recognised. The records have the fields ${list(names.slice(0, 12))}.${suggestionMessage(path, suggestion)}. ${more}`,
    ),
  /** For the editor, which offers to map the fields. */
  unrecognisedShort: (names: readonly string[], { kind, nearest: [near], fields, readings }: Suggestion) => {
    const python = fields.filter(({ types }) => types.includes('Python text')).map(({ name }) => name);
    const why =
      python.length > 0
        ? `${list(python)} ${python.length === 1 ? 'holds' : 'hold'} messages as Python text, which is not JSON: \`preflens schema\` with this file prints the command that writes them as JSON`
        : kind !== undefined
          ? otherKindMessage(kind).slice(0, -1)
          : near
            ? `The nearest schema is ${near.title}, but the records ${near.faults.join(' and ')}`
            : `The records have the fields ${list(names.slice(0, MAX_NAMES))}${names.length > MAX_NAMES ? ' and others' : ''}`;
    const how =
      readings.length === 1
        ? 'PrefLens knows a way to read them: "PrefLens: Map Fields…" shows it.'
        : '"PrefLens: Map Fields…" lets you say which fields hold the prompt and the answers.';
    return new UserError(`No preference pairs recognised. ${why}.${python.length > 0 ? '' : ` ${how}`}`);
  },
  readsNothing: (missing: string | undefined) =>
    new UserError(
      `These fields read no pair${missing === undefined ? '' : `: the first record needs ${missing}`}. Nothing was written. Pick other fields.`,
    ),
  notOnDisk: (uri: string) =>
    new UserError(`${uri}: this text is no file yet. Save it first: preflens.json names files.`),
  noSuchReading: (given: string, known: readonly string[]) =>
    new UserError(
      known.length === 0
        ? `--better ${given} fits no reading: no entry for these fields is known. Nothing was written.`
        : `--better ${given} is none of the possible readings: ${known.join(', ')}. Nothing was written.`,
    ),
  uncertainPolarity: (path: string, readings: readonly SuggestedReading[]) =>
    new UserError(
      `${path}: nothing was written: PrefLens can’t tell which answer is the better one. Name it: ${readings
        .map(
          ({ better, words }) =>
            `\`preflens schema ${shellWord(path)} --write --better ${shellWord(better)}\` if ${words}`,
        )
        .join('; ')}.`,
    ),
  nothingToSuggest: (path: string) =>
    new UserError(
      `${path}: nothing was written: PrefLens can’t tell which fields hold the answers. Add an entry to "mappings" in preflens.json by hand.`,
    ),
  badConfig: (path: string, fault: string) =>
    new UserError(`${path}: ${fault}. Correct the file; editors offer completion for its fields.`),
  badRecipe: (path: string, fault: string) =>
    new UserError(`${path}: ${fault}. Correct the recipe; \`preflens explain build\` describes its steps.`),
  noStep: (step: string, why: string) => new UserError(`${step}: ${why} Nothing was written.`),
  fieldThere: (where: string, name: string) =>
    new UserError(
      `${where}: the record has a field "${name}" already. Give the column another "name", or say "replace": true. Nothing was written.`,
    ),
  fieldNotAdded: (where: string, name: string) =>
    new UserError(`${where}: the field "${name}" can’t be added to this record. Nothing was written.`),
  nothingLeft: (path: string) =>
    new UserError(`${path}: the steps keep no record, as the counts above say. Nothing was written.`),
  noPlaceForEntry: (path: string, list: string, entry: string) =>
    new UserError(
      `${path}: PrefLens can’t add an entry to this file: it must be JSON, with "${list}" ${list === 'rules' ? 'an object' : 'a list'}, if it is there. Nothing was written. Correct the file, or add this to "${list}" by hand: ${entry}`,
    ),
  badMemory: (path: string, line: number, why: string) =>
    new UserError(`${path}:${line}: this line is invalid: ${why}. Fix it by hand. Nothing was written.`),
  badPattern: (pattern: string, fault: string) => new UserError(`${pattern}: invalid pattern: ${fault}.`),
  nothingFits: (pattern: string) =>
    new UserError(`${pattern}: no file matches this pattern. Quote it if the shell should not expand it.`),
  /** @param more what lists all rules */
  noRule: (id: string, meant: string | undefined, more = '`preflens explain` lists all rules.') =>
    new UserError(`No such rule: ${id}${meant === undefined ? '' : `; did you mean "${meant}"?`}. ${more}`),
  fixesLeft: (path: string, rule: string, count: number) =>
    new UserError(
      `${path}: ${count} more findings of "${rule}" did not fit into memory and were not fixed. Run the command again, or raise --memory.`,
    ),
  noRecordAt: (path: string, line: number) =>
    new UserError(`${path}:${line}: there is no record on this line.`),
  noPairAt: (path: string, line: number, pair: number, count: number) =>
    new UserError(`${path}:${line}: there is no pair ${pair}: the record has ${plural(count, 'pair')}.`),
  noPlace: (text: string) =>
    new UserError(`"${text}" is not a line. Write FILE:LINE, such as data.jsonl:17.`),
  notKept: () =>
    new UserError(
      'The finding no longer exists, or its file has unsaved changes. The decision was not saved.',
    ),
  notScoredForReview: () =>
    new UserError(
      'This file is not scored yet, so its labels have no order. Wait until scoring is done, or review the findings of a rule.',
    ),
  nothingToReview: (source: string) =>
    new UserError(
      source === 'conflicts'
        ? 'Reviewers disagree about no pair of this file.'
        : 'There is nothing to review here: no pair fits, or you have reviewed all of them.',
    ),
  noReview: () => new UserError('No review of this file is under way. Start one.'),
  otherPairShown: () =>
    new UserError('Another pair was shown before this action arrived. Nothing was changed: choose it again.'),
  chooseWhileBlind: () =>
    new UserError('The label is hidden: choose the better answer with ← or →, or T, X or S.'),
  tieHasNoOrder: () =>
    new UserError('The label says that both answers are equal: there is no order to judge.'),
  reviewPairGone: () =>
    new UserError('This pair is no longer in the file. Go on with J, or undo what removed it.'),
  notReviewed: (why: string) => new UserError(`${why.replace(/[.\s]*$/, '')}. The verdict was not saved.`),
  reviewEditGone: () =>
    new UserError(
      "The file was edited since this decision, so its edit can't be undone here. Undo it in the editor, then undo the verdict.",
    ),
  reviewNeedsFile: () => new UserError('Save the file first: verdicts are kept in a folder beside it.'),
  rowsMoved: () =>
    new UserError(
      'The rows changed after you marked them, and others may stand in their places. Nothing was done. Mark them again.',
    ),
  tooManyRows: (max: number) =>
    new UserError(
      `One edit changes at most ${max.toLocaleString('en')} rows. Nothing was changed. Mark fewer rows.`,
    ),
  nothingToRepair: (rule: string) =>
    new UserError(`No finding of "${rule}" in this file has a repair any more.`),
  exportOverItself: (path: string) =>
    new UserError(`${path} is the dataset itself. Nothing was written. Choose another name.`),
  notExported: (record: number, why: string) =>
    new UserError(
      `Record ${(record + 1).toLocaleString('en')} can’t be copied whole: ${why}. Nothing was written. Leave this row out.`,
    ),
  notPruned: () =>
    new UserError(
      'Nothing was removed: some files can’t be read, so PrefLens can’t tell which entries they need. Fix them and run the command again.',
    ),
  noBaselineHere: (path: string) =>
    new UserError(`${path}: there is no baseline. Create one: \`preflens baseline FILES\`.`),
  badModel: (folder: string, fault: string) =>
    new UserError(`${folder}: PrefLens can’t use this model: ${fault}.`),
  badSidecar: (path: string, line: number, fault: string) =>
    new UserError(`${path}:${line}: invalid score: ${fault}.`),
  noServer: (url: string) =>
    new UserError(`"${url}" in preflens.json is not a server URL. Write https://host:port.`),
  noSecret: (name: string, origin: string) =>
    new UserError(
      `No secret ${name} for ${origin}. Set the environment variable, or run "PrefLens: Set Endpoint Secret" in the editor.`,
    ),
  foreignSecret: (name: string, allowed: string, origin: string) =>
    new UserError(
      `preflens.json wants to send the variable ${name} to ${origin}. PrefLens only reads variables made for this purpose. Name it "${allowed}" in preflens.json and in the environment, or run "PrefLens: Set Endpoint Secret" for this server in the editor.`,
    ),
  notAllowedToSend: (what: string, where: string) =>
    new UserError(
      `preflens.json wants to send ${what} to ${where}. Nothing was sent. To allow it, run the command again with --send.`,
    ),
  notAllowedToRun: (command: string) =>
    new UserError(
      `preflens.json wants to run "${command}" on each answer. It was not run. To allow it, run the command again with --run.`,
    ),
  notRun: (command: string) =>
    new UserError(`"${command}" was not run. To decide again, score the file again.`),
  commandFailed: (command: string, reason: string) =>
    new UserError(
      `"${command}" can’t be run: ${reason}. Check "run" in preflens.json: it is a list of the program and its arguments, and starts in the folder of preflens.json.`,
    ),
  noChecklistThere: (protocol: string) =>
    new UserError(
      `preflens.json: a "checklist" needs a judge, which "protocol": "${protocol}" is none. Use "openai-judge", or remove the checklist.`,
    ),
  notSent: (where: string) =>
    new UserError(`Nothing was sent to ${where}. To decide again, score the file again.`),
  untrusted: () =>
    new Untrusted(
      'In an untrusted folder, PrefLens does not use the models, servers and commands from preflens.json. Trust the folder to use them.',
    ),
  notScorable: (path: string, reason: string) => new UserError(`${path}: ${reason}`),
  badFraming: (reason: string) =>
    new UserError(
      `PrefLens: can’t find the boundaries between the editor's messages (${reason}). The server stops; start it again.`,
    ),
  needsMemory: (name: string, needMb: number, memoryMb: number) =>
    new UserError(
      `${name}: this many records need about ${needMb} MB of memory, but the limit is ${memoryMb} MB. Raise it (--memory ${needMb}; in the editor, preflens.memoryMb), or split the file.`,
    ),
  noFacts: (folder: string) =>
    new UserError(`${folder}: no tables of facts. Write them with preflens index SHARD --facts ${folder}.`),
  scorerGivenUp: (tries: number, reason: string) =>
    new UserError(
      `Nothing was scored: the scoring process started ${tries} times without progress. Last error: ${reason} Try again when the machine is less busy or has more memory.`,
    ),
  scorerClosed: (model: string) =>
    new UserError(`${model} is not open any more: scoring was stopped. Score the file again.`),
  serverFailed: (where: string, reason: string) =>
    new UserError(`${where} failed to score: ${reason}. Check the server. Scores so far are saved.`),
  nothingScored: (path: string, reason: string) =>
    new UserError(
      `${path}: no pair was scored: ${reason}. Try the model or server with one short pair. Nothing was written.`,
    ),
  tooLargeForText: (path: string) =>
    new UserError(
      `${path}: this is more than 50 MB of text, too much for a text editor. Use the dataset editor.`,
    ),
  notWholeAsText: (path: string, record: number, fault: string) =>
    new UserError(`${path}: row ${record + 1} can’t be shown as text. ${fault} Use the dataset editor.`),
  rowsAdded: (path: string, count: number) =>
    new UserError(
      `${path}: the text has ${plural(count, 'more line')} than the table has rows. You can edit or delete rows here, but not add them. Nothing was saved.`,
    ),
  editedElsewhere: (path: string) =>
    new UserError(`${path}: the dataset editor has unsaved edits to this file. Save or revert them first.`),
  badRowText: (path: string, record: number, fault: string) =>
    new UserError(`${path}: row ${record + 1} is not a JSON object: ${fault}. Nothing was saved.`),
  cannotUndo: () =>
    new UserError(
      'Can’t undo this edit: its row was removed, or another program changed it. Edit the present row instead.',
    ),
  stillReading: (path: string) =>
    new UserError(`${path}: PrefLens is still reading the file. Try again once its rows appear.`),
  diskFull: (path: string) =>
    new UserError(
      `${path}: the disk is too full for the new file. The old file is unchanged. Free some space and save again.`,
    ),
  notWritable: (path: string, reason: string) =>
    new UserError(`${path}: can’t write a new file beside it (${reason}). The old file is unchanged.`),
  changedWhileSaving: (path: string) =>
    new UserError(
      `${path}: another program changed the file during the save. Its version was kept. Look at it, then save again.`,
    ),
  notVerified: (path: string) =>
    new UserError(
      `${path}: the written data did not read back correctly. The old file is unchanged. Check the disk.`,
    ),
  noSuchRecord: (path: string, record: number) =>
    new UserError(`${path}: there is no record ${record}. Record numbers start at 0. Nothing was changed.`),
  dropBesideFault: (path: string, record: number) =>
    new UserError(
      `${path}: record ${record + 1} can’t be dropped, because the commas beside it are wrong. Nothing was changed. Repair the document first: \`preflens check ${path}\` names the place.`,
    ),
  badEdit: (where: string, fault: string) => new UserError(`${where}: ${fault} Nothing was changed.`),
  noZstdTables: () =>
    new UserError('zstd compression needs Node 22.15 or newer. Use another --codec, or a newer Node.'),
  noTarget: (id: string, known: readonly string[]) =>
    new UserError(`No such format: ${id}. Known formats: ${list(known)}.`),
  system: (path: string, code: string, detail: string) => {
    const { what, todo } = systemErrorMessage(code, detail);
    return new UserError(`${path}: ${what} (${code}). ${todo}.`);
  },
  noCache: (folder: string, why: string) =>
    new UserError(
      `The cache in ${folder} is not used: ${why}. Everything still works, only slower. Set PREFLENS_CACHE to use another folder.`,
    ),
  splitsLinks: (path: string, names: number) =>
    new UserError(
      `${path}: this file has ${names} names (hard links). Saving creates a new file under this name; the other names keep the old content.`,
    ),
  noRegularFile: (path: string) =>
    new UserError(
      `${path}: this is not a regular file, so PrefLens does not write to it. Choose another name; "-" means standard output.`,
    ),
  linkLeaves: (path: string, folder: string) =>
    new UserError(
      `${path}: this link leads out of ${folder}. PrefLens does not follow it, and nothing was written. Replace it with a file or folder.`,
    ),
  locked: (path: string, lock: string, seconds: number) =>
    new UserError(
      `${path}: another PrefLens has been writing to it for ${seconds} seconds. Nothing was written. ` +
        `Run the command again. If no other PrefLens is running, delete ${lock}.`,
    ),
  otherKindOfFile: (path: string, from: string) =>
    new UserError(
      `${path}: ${from} can’t be saved as this file type. Keep its file extension, or use \`preflens convert\`.`,
    ),
  nothingToWrite: (path: string, read: number) =>
    new UserError(
      read === 0
        ? `${path}: there are no records to convert. No file was created.`
        : `${path}: none of its records could be converted, for the reasons above. No file was created.`,
    ),
  outputIsInput: (path: string) =>
    new UserError(`${path}: the output would overwrite the dataset. Choose another file for --out.`),
  buildOverInput: (path: string) =>
    new UserError(`${path}: the build would overwrite one of its inputs. Choose another output.`),
  /** Numbers from 1. */
  noRecordNumber: (name: string, record: number, count: number) =>
    new UserError(`${name}: there is no record ${record}: the file has ${plural(count, 'record')}.`),
  recordMoved: (name: string, record: number) =>
    new UserError(
      `${name}: record ${record} is not the one that "key" names: the file changed, or the key is of another record. Nothing was changed. Show the record again, and use its new key.`,
    ),
  noPart: (name: string, record: number, part: string) =>
    new UserError(
      `${name}: record ${record} has no text "${part}". Use the "part" that show_pair gave, or "record".`,
    ),
  badInput: (tool: string, fault: string) => new UserError(`${tool}: ${fault}. Nothing was done.`),
  noTool: (name: string, known: readonly string[]) =>
    new UserError(`No such tool: ${name}. Known tools: ${list(known)}.`),
  notAFolder: (path: string) =>
    new UserError(`${path}: this is not a folder. Name the folder of your datasets.`),
  readOnlyTools: (name: string) =>
    new UserError(
      `${name} changes files, and this server only reads. Nothing was done. A person can start it with \`preflens mcp --write\`.`,
    ),
  outsideFolder: (path: string, folder: string) =>
    new UserError(
      `${path}: this is outside ${folder}, directly or through a link. Nothing was read. Name a file below that folder, or start \`preflens mcp\` for another folder.`,
    ),
  decidesOutside: (path: string, folder: string) =>
    new UserError(
      `${path}: decisions about this file belong into ${folder}, which is outside the open folder. Nothing was written. Start \`preflens mcp\` for ${folder}.`,
    ),
  nothingToUndo: (why: string) => new UserError(`Nothing was undone: ${why}.`),
};
