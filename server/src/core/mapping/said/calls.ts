// The calls of tools in an answer, those that a record says are right, and the tools that it offers.
import { canonical } from '../../model/canonical.ts';
import { kindOfField, remembered, wordsOf } from '../../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';
import type { Side, Turn } from '../../model/pair.ts';
import { isKeyName } from './answerKey.ts';

export interface Call {
  readonly name: string;
  readonly args: JsonObject;
}

/** Longer texts are no calls. */
const MAX_CALLS_TEXT = 100_000;

/** A value that may be spelled as JSON in a string, as tables need it. */
function spelled(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value;
  if (value.length > MAX_CALLS_TEXT || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}

/** `{name, arguments}`, or the same inside `function`. */
function callIn(value: Json | undefined): Call | undefined {
  if (!isObject(value)) return undefined;
  const inner = value['function'];
  if (isObject(inner)) return callIn(inner);
  const { name, arguments: own, parameters } = value;
  const args = spelled(own ?? parameters ?? {});
  return typeof name === 'string' && isObject(args) ? { name, args } : undefined;
}

/** All calls of a list, or a single one; undefined if one of them is something else, or if there are none. */
function callsIn(value: Json | undefined): readonly Call[] | undefined {
  const read = spelled(value);
  if (read === undefined || read === null) return undefined;
  const calls = (isList(read) ? read : [read]).map(callIn);
  const known = calls.filter((call) => call !== undefined);
  return known.length > 0 && known.length === calls.length ? known : undefined;
}

/** Roles whose text is a call. */
const CALL_ROLES: ReadonlySet<string> = new Set(['tool_call', 'function_call']);

/** As Hermes, Qwen and many templates write them into the text. */
const [OPENED, CLOSED] = ['<tool_call>', '</tool_call>'];

/** What stands between the marks of a text. */
function marked(text: string): readonly string[] {
  const found: string[] = [];
  for (let at = text.indexOf(OPENED); at >= 0;) {
    const from = at + OPENED.length;
    const end = text.indexOf(CLOSED, from);
    if (end < 0) break;
    found.push(text.slice(from, end));
    at = text.indexOf(OPENED, end);
  }
  return found;
}

function callsOfTurn({ role, text, more }: Turn): readonly Call[] | undefined {
  const field = ['tool_calls', 'function_call', 'tool_call'].map((name) => more?.[name]).find(Boolean);
  if (field !== undefined) return callsIn(field);
  if (CALL_ROLES.has(role.trim().toLowerCase())) return callsIn(text);
  const read = marked(text).map(callsIn);
  return read.includes(undefined) ? undefined : read.flatMap((calls) => calls ?? []);
}

/** The calls of an answer, in order; undefined if one of them can't be read. */
export function callsOf({ turns }: Side): readonly Call[] | undefined {
  const read = turns.map(callsOfTurn);
  return read.includes(undefined) ? undefined : read.flatMap((calls) => calls ?? []);
}

export interface RightCalls {
  readonly path: Path;
  readonly calls: readonly Call[];
}

const isCallsName = remembered((name) => {
  const words = wordsOf(name);
  return isKeyName(name) || words.includes('answers') || (words.includes('expected') && /call/i.test(name));
});

/** The calls that the record says are right. */
export function rightCalls(record: JsonObject, read: ReadonlySet<string>): RightCalls | undefined {
  for (const [name, value] of Object.entries(record)) {
    const calls = !read.has(name) && isCallsName(name) ? callsIn(value) : undefined;
    if (calls) return { path: [name], calls };
  }
  return undefined;
}

/** Whether these are the same calls, in any order, with equal arguments. */
export function areSameCalls(a: readonly Call[], b: readonly Call[]): boolean {
  const spell = (calls: readonly Call[]): string =>
    calls
      .map(({ name, args }) => canonical([name, args]))
      .sort()
      .join('\n');
  return spell(a) === spell(b);
}

interface Tool {
  readonly names: ReadonlySet<string> | undefined;
  readonly required: readonly string[];
}

export type Tools = ReadonlyMap<string, Tool>;

/** The tools that a record offers, by name; undefined if it offers none, or if one of them can't be read. */
export function toolsOf(record: JsonObject): Tools | undefined {
  for (const [field, value] of Object.entries(record)) {
    if (kindOfField(field) !== 'tools') continue;
    const list = spelled(value);
    if (!isList(list) || list.length === 0) return undefined;
    const tools = new Map<string, Tool>();
    for (const one of list) {
      const tool = isObject(one) && isObject(one['function']) ? one['function'] : one;
      if (!isObject(tool) || typeof tool['name'] !== 'string') return undefined;
      const parameters = spelled(tool['parameters']);
      const schema = isObject(parameters) ? parameters : {};
      const { properties, required, additionalProperties: more } = schema;
      // Some lists have the arguments without a schema around them; then only the tool's name is known.
      const isSchema = isObject(properties) && (more === undefined || more === false);
      tools.set(tool['name'], {
        names: isSchema ? new Set(Object.keys(properties)) : undefined,
        required: isList(required) ? required.filter((name) => typeof name === 'string') : [],
      });
    }
    return tools;
  }
  return undefined;
}

/** Why a call can't be made with these tools; undefined if it can. */
export function faultOf({ name, args }: Call, tools: Tools): string | undefined {
  const tool = tools.get(name);
  if (!tool) return `calls "${name}", which is none of the record’s tools`;
  const missing = tool.required.find((one) => args[one] === undefined);
  if (missing !== undefined) return `calls "${name}" without "${missing}", which it needs`;
  const unknown = Object.keys(args).find((one) => tool.names?.has(one) === false);
  return unknown === undefined ? undefined : `calls "${name}" with "${unknown}", which it does not have`;
}
