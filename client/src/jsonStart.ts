// Whether a JSON file might hold records, judged by its name and start. It costs nothing: the server, which knows the
// schemas, starts only for such files.

/** Characters to look at. */
export const START_LENGTH = 64 * 1024;

/** Settings and the like, which no person takes for a dataset. */
const SETTINGS =
  /(?:^|\/)(?:package(?:-lock)?|composer|[jt]sconfig[^/]*|jsconfig|deno|bower|lerna|nx|turbo|renovate|manifest|launch|tasks|settings|tokenizer(?:_config)?|special_tokens_map|vocab|added_tokens|generation_config|config|dataset_infos?|state)\.json$|\/\.vscode\//i;

/** An object in a list, or after another one. */
const RECORDS = /\[\s*\{|\}\s*\{/;

/** A single record names a side, or a prompt. */
const SIDE = /"(?:chosen|rejected|prompt|question|instruction|messages|response_?\w*|answer_?\w*)"\s*:/i;

/** @param start the first characters of the text */
export function mightHoldRecords(path: string, start: string): boolean {
  return (
    !SETTINGS.test(path) && !/^\s*\{\s*"\$schema"/.test(start) && (RECORDS.test(start) || SIDE.test(start))
  );
}
