// A program of the user's own as a scorer: it says of each answer whether it is right. The program may be anything, and what
// it tests comes from the dataset: both run with limits, and only when the person allowed it.
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';

import type { Key } from '#core/hash.ts';
import { formatKey, hashKey } from '#core/hash.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { namesRead } from '#core/mapping/read.ts';
import { messages } from '#core/messages.ts';
import { canonical } from '#core/model/canonical.ts';
import { identify } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Side } from '#core/model/pair.ts';
import { scoredText } from '#core/model/pair.ts';
import { chatRole, plainPrompt } from '#core/reward/encode.ts';
import { accountOf } from '#core/reward/reading.ts';
import type { CommandRule } from '#core/reward/scorerRule.ts';
import { PROVIDER_NAMES } from '#core/reward/scorerRule.ts';
import type { ScoreRow } from '#core/reward/table.ts';
import { REFUSED, ScoreTable } from '#core/reward/table.ts';
import { t } from '#core/words/translate.ts';

import { sha256 } from '../cache.ts';
import { ScoreCache } from '../models/scoreCache.ts';
import { readRegular } from '../regularFile.ts';
import type { PairRater } from './eachPair.ts';
import { rateEach, rateSome } from './eachPair.ts';
import type { NumberedPair, PairScorer } from './rating.ts';
import { turns } from './turns.ts';
import type { RunLimits } from './watched.ts';
import { runWatched } from './watched.ts';

const SECONDS = 10;
const MEMORY_MB = 1024;
const CONCURRENCY = Math.min(2, availableParallelism());
const PROCESSES = 64;
const OUTPUT_BYTES = 1 << 20;

/** Verdicts that are written to the cache together. */
const BATCH = 32;

/** Larger files are no scripts. */
const MAX_SCRIPT = 1 << 24;

export interface CommandMachine {
  readonly cacheFolder: string | undefined;
  readonly log: (line: string) => void;
}

/** How a command is named in questions and messages. */
export function commandText({ run }: CommandRule): string {
  return run.map((word) => (/^[\w./:@=,+-]+$/u.test(word) ? word : JSON.stringify(word))).join(' ');
}

/** Hashes of the files that the command names: a changed script judges again. */
async function scripts({ run }: CommandRule, folder: string): Promise<readonly string[]> {
  return Promise.all(
    run.map(async (word) => {
      try {
        return sha256(await readRegular(resolve(folder, word), MAX_SCRIPT));
      } catch {
        // No script of this folder: an option, or a program that the system finds.
        return '';
      }
    }),
  );
}

interface Work {
  /** Of the answer, as pairs name it. */
  readonly answer: Key;
  /** Of all that the program gets. */
  readonly key: Key;
  readonly input: string;
}

/** The fields that a program gets of a record. */
function fieldsOf(rule: CommandRule, mapping: Mapping, record: JsonObject): JsonObject {
  const read = namesRead(mapping);
  const isWanted = rule.fields
    ? (name: string): boolean => rule.fields?.includes(name) === true
    : (name: string): boolean => !read.has(name);
  return Object.fromEntries(Object.entries(record).filter(([name]) => isWanted(name)));
}

function workOf(rule: CommandRule, mapping: Mapping, { pair, value }: Pick<NumberedPair, 'pair' | 'value'>) {
  const fields = fieldsOf(rule, mapping, value);
  const spelled = canonical(fields);
  const identity = identify(pair);
  const { prompt } = pair;
  const common = {
    prompt: plainPrompt(prompt),
    messages: prompt.map(({ role, text }) => ({ role: chatRole(role), content: text })),
    fields,
  };
  const one = (answer: Key, side: Side): Work => ({
    answer,
    key: hashKey(spelled, answer),
    input: `${JSON.stringify({ ...common, response: scoredText(side) })}\n`,
  });
  return [one(identity.chosenKey, pair.chosen), one(identity.rejectedKey, pair.rejected)];
}

export async function openCommand(
  rule: CommandRule,
  folder: string,
  mapping: Mapping,
  { cacheFolder, log }: CommandMachine,
): Promise<PairScorer> {
  const name = rule.name ?? basename(rule.run.at(-1) ?? '');
  const limits: RunLimits = {
    seconds: rule.seconds ?? SECONDS,
    memoryMb: rule.memoryMb ?? MEMORY_MB,
    processes: PROCESSES,
    outputBytes: OUTPUT_BYTES,
  };
  const { run, fields } = rule;
  const made = JSON.stringify(['command', run, fields, await scripts(rule, folder)]);
  const fingerprint = sha256(made).slice(0, 32);
  const cache = new ScoreCache(
    cacheFolder === undefined ? undefined : join(cacheFolder, 'scores', fingerprint),
    1,
    { command: commandText(rule), fingerprint },
    log,
  );
  await cache.load();
  /** Verdicts of the answers as the dataset has them: 1 for right, 0 for wrong. */
  const verdicts = new ScoreTable(1);
  const refusals = new Map<string, string>();
  const flying = new Map<string, Promise<void>>();
  const inTurn = turns(rule.concurrency ?? CONCURRENCY);
  let rows: ScoreRow[] = [];
  const flush = (): void => {
    cache.add(rows);
    rows = [];
  };

  const take = (answer: Key, row: ScoreRow): void => {
    verdicts.set({ ...row, key: answer });
  };

  const judge = async (
    { answer, key, input }: Work,
    priority: number,
    signal: AbortSignal,
  ): Promise<void> => {
    await inTurn(priority, async () => {
      const end = await runWatched(run, input, folder, limits, signal);
      if (end.kind === 'not-started') throw messages.commandFailed(commandText(rule), end.why);
      const isVerdict = end.kind === 'exit' && (end.code === 0 || end.code === 1);
      const row: ScoreRow = {
        key,
        values: isVerdict ? [1 - end.code] : [Number.NaN],
        tokens: 0,
        flags: isVerdict ? 0 : REFUSED,
        provider: PROVIDER_NAMES.length,
        time: Math.floor(Date.now() / 1000),
      };
      if (!isVerdict) {
        const why = end.kind === 'stopped' ? end.why : `it ended with ${end.code}: ${end.said}`;
        refusals.set(formatKey(answer), `no verdict: ${why}`);
      }
      rows.push(row);
      if (rows.length >= BATCH) flush();
      take(answer, row);
    });
  };

  /** Known verdicts at once; the others when it is their turn. */
  const rateOne = async (work: Work, priority: number, signal: AbortSignal): Promise<void> => {
    const known = cache.table.rowOf(work.key);
    if (known >= 0) {
      const [value = Number.NaN] = cache.table.values(known);
      const { table } = cache;
      const common = { tokens: 0, provider: table.provider(known), time: table.time(known) };
      take(work.answer, { key: work.key, values: [value], flags: table.flags(known), ...common });
      return;
    }
    const id = formatKey(work.key);
    const judged = flying.get(id) ?? judge(work, priority, signal).finally(() => flying.delete(id));
    flying.set(id, judged);
    await judged;
  };

  const rater: PairRater = {
    atOnce: 4 * (rule.concurrency ?? CONCURRENCY),
    flush,
    async ratePair(numbered, priority, signal) {
      await Promise.all(workOf(rule, mapping, numbered).map(async (work) => rateOne(work, priority, signal)));
    },
  };

  return {
    kind: 'command',
    name,
    get about() {
      return [t('A program of yours says which answers are right: {0}.', commandText(rule))];
    },
    warnings: [],
    account: (identity) => accountOf({ kind: 'scalar' }, [{ pass: 'answer', table: verdicts }], identity),
    refusal: ({ chosenKey, rejectedKey }) =>
      refusals.get(formatKey(chosenKey)) ?? refusals.get(formatKey(rejectedKey)),
    async rate(job) {
      await rateEach(rater, job);
    },
    async ratePairs(pairs, signal) {
      await rateSome(rater, pairs, 0, signal);
    },
    forget() {
      cache.table.clear();
      verdicts.clear();
      refusals.clear();
    },
    close: () => undefined,
  };
}
