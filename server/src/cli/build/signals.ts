// Records that a build makes of what people did with answers: edits of drafts, and reactions in conversations.
import { editMapping, whyNoEdit } from '#core/build/edits.ts';
import type { Reaction } from '#core/build/reactions.ts';
import {
  answeredAgain,
  conversationIn,
  conversationMapping,
  reactionsIn,
  withoutThumbs,
} from '#core/build/reactions.ts';
import type { EditsStep, ReactionsStep, Recipe } from '#core/build/recipe.ts';
import { readsOther } from '#core/build/recipe.ts';
import type { ConvertInput } from '#core/convert/convert.ts';
import { convertToLines } from '#core/convert/convert.ts';
import { message, plainRole } from '#core/convert/example.ts';
import { Losses } from '#core/convert/losses.ts';
import { hashKey, keyNumber } from '#core/hash.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { readRecord } from '#core/mapping/read.ts';
import { MAPPINGS } from '#core/mapping/table.ts';
import { messages } from '#core/messages.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import type { Turn } from '#core/model/pair.ts';

import type { LinesMade, Remaking } from './remake.ts';
import { sourceOf } from './remake.ts';
import { readRows } from './stage.ts';

/** What reads the inputs, if a step is about records that hold no preference yet. */
export function mappingFor({ steps }: Recipe): Mapping | undefined {
  const step = steps.find(readsOther);
  if (!step) return undefined;
  return step.step === 'edits' ? editMapping(step) : conversationMapping(step);
}

/** The record with other fields, and its numbers as the file spells them. */
function withFields(source: ConvertInput, change: (value: JsonObject) => JsonObject): ConvertInput {
  const { read, exact } = source;
  return { ...source, read: { ...read, value: change(read.value) }, ...(exact && { exact: change(exact) }) };
}

export async function* edited(
  { stage, command, target, report, note }: Remaking,
  step: EditsStep,
): LinesMade {
  const dropped = new Losses();
  for await (const one of readRows(stage, command)) {
    const source = sourceOf(one, stage);
    const [pair] = source?.read.pairs ?? [];
    if (!source || !pair) continue;
    const why = whyNoEdit(pair, step);
    if (why !== undefined) dropped.add(why, source.record);
    else
      yield* convertToLines(
        target,
        withFields(source, (value) => ({ ...value, built_from: 'edit' })),
        report,
      );
  }
  for (const line of dropped.lines()) note(line);
}

function mappingNamed(id: string): Mapping {
  const found = MAPPINGS.find((mapping) => mapping.id === id);
  if (!found) throw new Error(`no mapping ${id}`);
  return found;
}

/** A record of what was made of a conversation. */
interface Made {
  readonly mapping: Mapping;
  readonly fields: JsonObject;
  readonly reaction: Reaction;
}

/** The pairs of a conversation, or its answers with a verdict, as records that a schema of the table reads. */
function madeOf(turns: readonly Turn[], step: ReactionsStep, tell: (why: string) => void): readonly Made[] {
  const reactions = reactionsIn(turns, step, tell);
  const said = turns.map((turn): Json =>
    message({ ...withoutThumbs(turn, step), role: plainRole(turn.role) }),
  );
  if (step.make === 'answers') {
    const mapping = mappingNamed('trl-unpaired');
    return reactions.map((reaction) => {
      const { turn, isGood } = reaction;
      const fields = { prompt: said.slice(0, turn), completion: said.slice(turn, turn + 1), label: isGood };
      return { mapping, fields, reaction };
    });
  }
  const mapping = mappingNamed('trl-messages');
  return answeredAgain(turns, reactions, step, tell).map(({ chosen, rejected, reaction }) => {
    const prompt = said.slice(0, rejected);
    const fields = {
      prompt,
      chosen: said.slice(chosen, chosen + 1),
      rejected: said.slice(rejected, rejected + 1),
    };
    return { mapping, fields, reaction };
  });
}

/** The record of a reaction, with the fields that stand beside the conversation. */
function inputOf(
  source: ConvertInput,
  name: string,
  { mapping, fields, reaction }: Made,
): ConvertInput | undefined {
  const { signal, words } = reaction;
  // The rest of a pair whose chosen side is the conversation says nothing of its other answers.
  const own = new Set([...Object.keys(fields), name, ...(name === 'chosen' ? ['rejected'] : [])]);
  const made = withFields(source, (value) => ({
    ...fields,
    ...Object.fromEntries(Object.entries(value).filter(([one]) => !own.has(one))),
    built_from: signal,
    reaction: words,
  }));
  const read = readRecord(mapping, made.read.value);
  return 'problem' in read ? undefined : { ...made, mapping, read: { ...read, value: made.read.value } };
}

export async function* reacted(remaking: Remaking, step: ReactionsStep): LinesMade {
  const { stage, command, target, report, note } = remaking;
  if ((target.verdictAt !== undefined) !== (step.make === 'answers'))
    throw messages.noStep(
      'reactions',
      `it makes ${step.make}, and ${target.id} is a format for the other kind.`,
    );
  const dropped = new Losses();
  let conversations = 0;
  const bySignal = new Map<string, number>();
  /** A conversation that a file holds twice, or as the start of another, counts once. */
  const seen = new Set<number>();
  for await (const one of readRows(stage, command)) {
    const tell = (why: string): void => {
      dropped.add(why, one.row);
    };
    const source = sourceOf(one, stage);
    const found = source && conversationIn(source.read.value, step);
    if (!found) {
      tell('no conversation in which a user speaks after an answer');
      continue;
    }
    conversations++;
    for (const made of madeOf(found.turns, step, tell)) {
      const key = keyNumber(hashKey(JSON.stringify(made.fields)));
      const input = seen.has(key) ? undefined : inputOf(source, found.name, made);
      if (!input) {
        tell('a reaction is made already');
        continue;
      }
      seen.add(key);
      const { signal, isGood } = made.reaction;
      const name = step.make === 'answers' ? `${signal}, ${isGood ? 'good' : 'bad'}` : signal;
      for (const line of convertToLines(target, input, report)) {
        bySignal.set(name, (bySignal.get(name) ?? 0) + 1);
        yield line;
      }
    }
  }
  const kinds = [...bySignal].sort(([a], [b]) => (a < b ? -1 : 1));
  note(
    `${conversations === 1 ? '1 conversation is' : `${conversations.toLocaleString('en')} conversations are`} read. Kept by what was read: ${kinds.map(([name, count]) => `${name} ${count.toLocaleString('en')}`).join('; ') || 'none'}.`,
  );
  for (const line of dropped.lines()) note(line);
}
