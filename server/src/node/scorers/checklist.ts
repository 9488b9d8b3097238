// A judge on a server that answers the yes/no items of a checklist for each answer alone. Each item is a request of its own: then
// no item sways another, a reply is one word, and a changed item is the only one that is judged again.
import { join } from 'node:path';

import type { Key } from '#core/hash.ts';
import { formatKey, hashKey } from '#core/hash.ts';
import { findField } from '#core/mapping/field.ts';
import { messages } from '#core/messages.ts';
import type { Identity } from '#core/model/identity.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import { scoredText } from '#core/model/pair.ts';
import type { Checklist, ChecklistItem, JudgedItem, Met } from '#core/reward/checklist.ts';
import {
  CHECKLIST_PROMPT,
  checklistBody,
  checklistLines,
  checklistOf,
  checklistReasons,
  readReply,
  sharesOf,
  whyNoShares,
} from '#core/reward/checklist.ts';
import { plainPrompt } from '#core/reward/encode.ts';
import { CHAT_PATH } from '#core/reward/protocols.ts';
import type { Account } from '#core/reward/reading.ts';
import { chosenIsFirst } from '#core/reward/reading.ts';
import type { EndpointRule } from '#core/reward/scorerRule.ts';
import { PROVIDER_NAMES } from '#core/reward/scorerRule.ts';
import type { ScoreRow } from '#core/reward/table.ts';
import { REFUSED, ScoreTable } from '#core/reward/table.ts';
import { counted } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';

import { sha256 } from '../cache.ts';
import { ScoreCache } from '../models/scoreCache.ts';
import type { PairRater } from './eachPair.ts';
import { rateEach, rateSome } from './eachPair.ts';
import type { EndpointMachine } from './endpoint.ts';
import { CONCURRENCY, endpointText, failureOf, MAX_FAILED, serverUrl } from './endpoint.ts';
import { HTTP_LIMITS, post, Refused } from './http.ts';
import type { PairScorer } from './rating.ts';
import { keyFor } from './secrets.ts';
import { turns } from './turns.ts';

/** One answer and the items to judge it by. */
interface Work {
  /** Of the prompt and the answer. */
  readonly answer: Key;
  readonly prompt: string;
  readonly text: string;
  readonly items: readonly ChecklistItem[];
}

const replyKey = ({ text }: ChecklistItem, answer: Key): Key => hashKey(text, answer);

export async function openChecklist(
  rule: EndpointRule,
  { cacheFolder, secret, log, http }: EndpointMachine,
): Promise<PairScorer> {
  if (rule.protocol !== 'openai-judge') throw messages.noChecklistThere(rule.protocol);
  const name = rule.name ?? rule.model ?? new URL(rule.url).host;
  const limits = { ...HTTP_LIMITS, ...http };
  const url = serverUrl(rule, CHAT_PATH);
  const made = JSON.stringify(['checklist', CHECKLIST_PROMPT, rule.url, rule.model]);
  const fingerprint = sha256(made).slice(0, 32);
  /** 1 for an item that is met, 0 for one that is not, by item and answer. Replies that say neither are not kept on disk. */
  const replies = new ScoreCache(
    cacheFolder === undefined ? undefined : join(cacheFolder, 'scores', fingerprint),
    1,
    { endpoint: endpointText(rule), fingerprint, protocol: 'checklist' },
    log,
  );
  await replies.load();
  /** Shares of both answers by pair, that of the lower key first. */
  const shares = new ScoreTable(2);
  /** By answer and by pair. */
  const refusals = new Map<string, string>();
  const flying = new Map<string, Promise<void>>();
  const inTurn = turns(rule.concurrency ?? CONCURRENCY);
  /** Refused requests in a row. */
  let failed = 0;
  /** Replies of this process that say neither yes nor no. */
  let unread = 0;

  const itemsFor = (record: JsonObject): Checklist => {
    const { checklistField: field } = rule;
    return checklistOf(rule, field === undefined ? undefined : findField(record, field)?.value);
  };

  const metBy = (item: ChecklistItem, answer: Key): Met => {
    const row = replies.table.rowOf(replyKey(item, answer));
    return row < 0 || replies.table.flags(row) !== 0 ? undefined : replies.table.values(row)[0] === 1;
  };

  const judgedFor = (items: readonly ChecklistItem[], { chosenKey, rejectedKey }: Identity): JudgedItem[] =>
    items.map((item) => ({ ...item, chosen: metBy(item, chosenKey), rejected: metBy(item, rejectedKey) }));

  /** One item after the other: a server that keeps the start of requests then reads the texts once. */
  const judge = async ({ answer, prompt, text, items }: Work, signal: AbortSignal): Promise<void> => {
    const missing = items.filter((item) => !replies.table.has(replyKey(item, answer)));
    const rows: ScoreRow[] = [];
    const keep = (item: ChecklistItem, met: Met): void => {
      const known = { values: [Number(met)], flags: met === undefined ? REFUSED : 0 };
      const common = { tokens: 0, provider: PROVIDER_NAMES.length, time: Math.floor(Date.now() / 1000) };
      rows.push({ key: replyKey(item, answer), ...known, ...common });
    };
    try {
      for (const item of missing) {
        signal.throwIfAborted();
        const body = checklistBody(rule, prompt, text, item.text);
        const met = await post(url, body, await keyFor(rule, secret), readReply, limits, signal);
        failed = 0;
        if (met === undefined) unread++;
        keep(item, met);
      }
    } catch (error) {
      if (!(error instanceof Refused) || ++failed > MAX_FAILED) throw error;
      // It is most likely the text that the server refuses, which the other items have, too.
      for (const item of missing.slice(rows.length)) keep(item, undefined);
      refusals.set(formatKey(answer), `the server did not take it: ${error.message}`);
    } finally {
      replies.add(rows);
    }
  };

  const judgeOnce = async (work: Work, priority: number, signal: AbortSignal): Promise<void> => {
    const id = formatKey(hashKey(work.items.map(({ text }) => text).join('\n'), work.answer));
    const judged =
      flying.get(id) ?? inTurn(priority, async () => judge(work, signal)).finally(() => flying.delete(id));
    flying.set(id, judged);
    await judged;
  };

  /** Keeps the shares of a pair, or why it has none. */
  const take = (identity: Identity, checklist: Checklist): void => {
    const key = pairKey(identity);
    const items = 'why' in checklist ? [] : judgedFor(checklist.items, identity);
    const found = sharesOf(items);
    if (!found) refusals.set(formatKey(key), 'why' in checklist ? checklist.why : whyNoShares(items));
    const { chosen, rejected } = found ?? { chosen: Number.NaN, rejected: Number.NaN };
    const times = [identity.chosenKey, identity.rejectedKey].flatMap((answer) =>
      items.map((item) => replies.table.time(replies.table.rowOf(replyKey(item, answer)))),
    );
    shares.set({
      key,
      values: chosenIsFirst(identity) ? [chosen, rejected] : [rejected, chosen],
      tokens: 0,
      flags: found ? 0 : REFUSED,
      provider: PROVIDER_NAMES.length,
      time: Math.max(0, ...times),
    });
  };

  const rater: PairRater = {
    atOnce: 4 * (rule.concurrency ?? CONCURRENCY),
    async ratePair({ pair, value }, priority, signal) {
      const identity = identify(pair);
      const checklist = itemsFor(value);
      if (!('why' in checklist)) {
        const common = { prompt: plainPrompt(pair.prompt), items: checklist.items };
        const answers = [
          { ...common, answer: identity.chosenKey, text: scoredText(pair.chosen) },
          { ...common, answer: identity.rejectedKey, text: scoredText(pair.rejected) },
        ];
        await Promise.all(answers.map(async (work) => judgeOnce(work, priority, signal)));
      }
      take(identity, checklist);
    },
  };

  /** The items of a pair that was judged; none for others. */
  const judgedOf = (identity: Identity, record: JsonObject): readonly JudgedItem[] => {
    const checklist = itemsFor(record);
    const isJudged = shares.has(pairKey(identity)) && !('why' in checklist);
    return isJudged ? judgedFor(checklist.items, identity) : [];
  };

  /** A failure names the server. */
  const named = async (job: Promise<void>, signal: AbortSignal): Promise<void> =>
    job.catch((error: unknown) => {
      throw failureOf(rule, error, signal);
    });

  return {
    kind: 'endpoint',
    name,
    get about() {
      return [
        t('Served by {0}.', endpointText(rule)),
        t('It answers a checklist for each answer; the score is the share of items that are met.'),
      ];
    },
    notes() {
      if (unread === 0) return [];
      return [
        counted(
          unread,
          '{0} reply of {1} was neither yes nor no: the item is left out of its pairs.',
          '{0} replies of {1} were neither yes nor no: these items are left out of their pairs.',
          name,
        ),
      ];
    },
    warnings: [],
    account(identity): Account | undefined {
      const row = shares.rowOf(pairKey(identity));
      if (row < 0) return undefined;
      const common = { flags: shares.flags(row), time: shares.time(row), provider: shares.provider(row) };
      const [first = Number.NaN, second = Number.NaN] = shares.values(row);
      if (Number.isNaN(first)) return { ...common, margin: Number.NaN };
      const [chosenReward, rejectedReward] = chosenIsFirst(identity) ? [first, second] : [second, first];
      return { ...common, margin: chosenReward - rejectedReward, chosenReward, rejectedReward };
    },
    refusal: (identity) =>
      [identity.chosenKey, identity.rejectedKey, pairKey(identity)]
        .map((key) => refusals.get(formatKey(key)))
        .find((reason) => reason !== undefined),
    details: (identity, record) => checklistLines(name, judgedOf(identity, record)),
    explain: (pair, record) => checklistReasons(judgedOf(identify(pair), record)),
    async rate(job) {
      await named(rateEach(rater, job), job.signal);
    },
    async ratePairs(pairs, signal) {
      await named(rateSome(rater, pairs, 0, signal), signal);
    },
    forget() {
      replies.table.clear();
      shares.clear();
      refusals.clear();
      unread = 0;
    },
    close: () => undefined,
  };
}
