// The tools of assistants over open files. Where files come from and how edits last is up to the program around them.
import { setTimeout as wait } from 'node:timers/promises';

import type { ToolInput, ToolName, ToolOutput } from '#core/assistant/tools.ts';
import { isToolName } from '#core/assistant/tools.ts';
import { messages, UserError } from '#core/messages.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { checkedInput } from '#node/toolInput.ts';
import type { EditDone } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';

import { whyReading, whyUnreadable } from '../reasons.ts';
import type { Selected } from '../selection/selected.ts';
import type { Session } from '../session.ts';
import { namesOf, refOf } from './place.ts';
import type { FoundPlaces, Named } from './reading.ts';
import { explainRule, listFindings, portrait, readText, showPair } from './reading.ts';

/** Clients give up on a request after a minute: by then it has an answer, if only "call again". */
const MAX_READING_MS = 40_000;

/** After that, findings are returned without those that scoring still looks for. */
const MAX_SCORING_MS = 15_000;

/** An editor sends the change that it made a moment after it says that it made it. */
const MAX_CHANGE_MS = 2000;

const POLL_MS = 25;

/** Each tool by its name. */
export type ToolRunners<Name extends ToolName = ToolName> = {
  readonly [N in Name]: (input: ToolInput<N>, signal: AbortSignal) => Promise<ToolOutput<N>>;
};

/** Tools of every program; the others belong to `preflens mcp`. */
export type SharedTool = Exclude<ToolName, 'list_datasets' | 'undo_edit'>;

/** A decision about a finding. */
export interface Kept {
  readonly record: number;
  readonly pair: number;
  readonly rule: string;
  readonly reason: string;
}

/** The program around the tools. */
export interface Desk {
  /** Opens a file, or brings an open one up to date. Rejects if it may not be read. */
  open(file: string, signal: AbortSignal): Promise<Named>;
  /**
   * Makes an edit and, if nobody else does that, saves it.
   * @returns what `make` returns, and whether the file on disk has the edit
   */
  edit(
    file: Named,
    make: () => Promise<EditDone>,
    signal: AbortSignal,
  ): Promise<{ readonly done: EditDone; readonly isSaved: boolean }>;
  /** Writes a decision down. */
  keep(file: Named, kept: Kept): Promise<void>;
}

/** False if it takes longer than `maxMs`. */
async function until(isDone: () => boolean, maxMs: number, signal: AbortSignal): Promise<boolean> {
  const end = Date.now() + maxMs;
  while (!isDone()) {
    if (Date.now() > end) return false;
    await wait(POLL_MS, undefined, { signal });
  }
  return true;
}

/** Resolves when a file is read. Rejects if it cannot be read, or if that takes too long. */
async function whenReady(session: Session, signal: AbortSignal): Promise<void> {
  const { dataset, uri } = session;
  const isOver = (): boolean => dataset.isReady || session.state.phase === 'failed';
  if (!(await until(isOver, MAX_READING_MS, signal)))
    throw new UserError(`${whyReading(uri)} Call again later.`);
  if (!dataset.isReady) throw new UserError(session.state.reason ?? whyUnreadable(uri));
  session.update();
}

/** True when nothing looks for findings any more. */
function isSettled({ dataset, state: { phase } }: Session): boolean {
  const { survey, isRelated } = dataset;
  if (phase === 'reading' || phase === 'scoring') return false;
  return isRelated || phase === 'failed' || !survey.recognition || survey.facts.pairCount === 0;
}

/** Opens a file and waits for its findings; if they take long, those that are known count. */
async function settled(desk: Desk, file: string, signal: AbortSignal): Promise<Named> {
  const named = await desk.open(file, signal);
  const { session } = named;
  await whenReady(session, signal);
  if (!session.dataset.isRelated) session.relate();
  await until(() => isSettled(session), MAX_SCORING_MS, signal);
  // The file may have been opened again meanwhile.
  await whenReady(session, signal);
  return named;
}

/** The places with findings that a query selects; of a long search those that are found so far. */
async function searched({ selections }: Session, where: string, signal: AbortSignal): Promise<FoundPlaces> {
  const select = (): Selected => selections.select({ order: 'findings', query: where });
  await until(() => select().search === undefined, MAX_SCORING_MS, signal);
  const { total, place, search, fault, note } = select();
  if (fault)
    throw messages.badInput('list_findings', `"where", from character ${fault.start + 1}: ${fault.message}`);
  const places = Array.from({ length: total }, (_, i) => place(i)).filter((one) => one !== undefined);
  const notes = [note, search && 'Still searching: more may be found. Call again later.'];
  return { places, notes: notes.filter((one) => one !== undefined) };
}

const DONE = {
  flip: 'Chosen and rejected are exchanged.',
  tie: 'The label calls both answers equal now.',
  drop: 'The record is removed.',
  keep: 'The finding is ignored from now on; the decision is in .preflens/decisions.jsonl.',
} as const;

const WAITS = ' The edit waits in the editor: a person can undo it there, and saves it.';

function valueOf(outcome: Outcome<EditDone>): EditDone {
  if (!outcome.ok) throw new UserError(outcome.why);
  return outcome.value;
}

type EditInput = ToolInput<'drop_record'> & Partial<Pick<ToolInput<'flip_pair'>, 'pair'>>;

function editor(desk: Desk, kind: 'flip' | 'tie' | 'drop') {
  return async (input: EditInput, signal: AbortSignal): Promise<ToolOutput<'flip_pair'>> => {
    const named = await desk.open(input.file, signal);
    const { session, file } = named;
    await whenReady(session, signal);
    const make = async (): Promise<EditDone> =>
      valueOf(await session.edit(refOf(session.dataset, input), { kind }));
    const before = session.dataset.generation;
    const { done, isSaved } = await desk.edit(named, make, signal);
    const isKnown = await until(() => session.update() !== before, MAX_CHANGE_MS, signal);
    // A compressed file is read again after a save.
    await whenReady(session, signal);
    const hasKey = isKnown && kind !== 'drop';
    return {
      file,
      ...(hasKey ? namesOf(session.dataset, done.record, done.pair ?? 0) : { record: input.record }),
      done: `${DONE[kind]}${isSaved ? '' : WAITS}`,
      isSaved,
    };
  };
}

export function sharedTools(desk: Desk): ToolRunners<SharedTool> {
  return {
    dataset_portrait: async ({ file }, signal) => portrait(await settled(desk, file, signal)),
    list_findings: async (input, signal) => {
      const named = await settled(desk, input.file, signal);
      const { where } = input;
      const places = where === undefined ? undefined : await searched(named.session, where, signal);
      return listFindings(named, input, places);
    },
    show_pair: async (input, signal) => showPair(await settled(desk, input.file, signal), input),
    read_text: async (input, signal) => {
      const named = await desk.open(input.file, signal);
      await whenReady(named.session, signal);
      return readText(named, input);
    },
    explain_rule: async (input) => Promise.resolve(explainRule(input)),
    flip_pair: editor(desk, 'flip'),
    mark_tie: editor(desk, 'tie'),
    drop_record: editor(desk, 'drop'),
    keep_finding: async ({ file, rule, reason, record, pair, key }, signal) => {
      const named = await settled(desk, file, signal);
      const { dataset } = named.session;
      const at =
        record === undefined
          ? { record: WHOLE_FILE }
          : refOf(dataset, {
              record,
              ...(pair !== undefined && { pair }),
              ...(key !== undefined && { key }),
            });
      await desk.keep(named, { record: at.record, pair: (pair ?? 1) - 1, rule, reason });
      return {
        file: named.file,
        ...namesOf(dataset, at.record, (pair ?? 1) - 1),
        done: DONE.keep,
        isSaved: true,
      };
    },
  };
}

/** Runs a tool by its name. Throws a user error if there is none, or if its input does not fit. */
export async function runTool(
  runners: Partial<ToolRunners>,
  name: string,
  input: unknown,
  signal: AbortSignal,
): Promise<object> {
  const run = isToolName(name) ? runners[name] : undefined;
  if (!isToolName(name) || !run) throw messages.noTool(name, Object.keys(runners));
  // The input was checked against the schema of this very tool.
  return (run as (input: unknown, signal: AbortSignal) => Promise<object>)(checkedInput(name, input), signal);
}
