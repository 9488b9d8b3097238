// A model server as a scorer. Texts leave the machine only if the person allowed it.
import { join } from 'node:path';

import { messages, UserError } from '#core/messages.ts';
import { rewardOf } from '#core/reward/heads.ts';
import type { ServerProtocol } from '#core/reward/protocols.ts';
import { itemsPerRequest, SERVER_PROTOCOLS, WrongAnswer } from '#core/reward/protocols.ts';
import type { EndpointRule } from '#core/reward/scorerRule.ts';
import { PROVIDER_NAMES } from '#core/reward/scorerRule.ts';
import { errorMessage } from '#core/words/errorMessage.ts';

import { sha256 } from '../cache.ts';
import type { RateItem, RateListener } from '../models/host.ts';
import { NO_FIGURES } from '../models/host.ts';
import { ScoreCache } from '../models/scoreCache.ts';
import type { HttpLimits } from './http.ts';
import { HTTP_LIMITS, post, Refused } from './http.ts';
import type { ItemScorer, PairScorer } from './rating.ts';
import { raterScorer } from './rating.ts';
import type { SecretOf } from './secrets.ts';
import { keyFor, originOf } from './secrets.ts';
import { turns } from './turns.ts';

export const CONCURRENCY = 8;

/** Failed requests in a row before the server counts as gone. */
export const MAX_FAILED = 3;

export interface EndpointMachine {
  readonly cacheFolder: string | undefined;
  readonly secret: SecretOf;
  readonly log: (line: string) => void;
  readonly http?: Partial<HttpLimits>;
}

function cut<T>(list: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}

export function serverUrl({ url }: EndpointRule, path: string): string {
  return `${url.replace(/\/+$/, '')}${path}`;
}

/** Why a job ends that a server did not serve. Throws the signal's reason if it was cancelled. */
export function failureOf(rule: EndpointRule, error: unknown, signal: AbortSignal): UserError {
  signal.throwIfAborted();
  return error instanceof UserError ? error : messages.serverFailed(endpointText(rule), errorMessage(error));
}

/** The reward among the numbers that the server sent for a text. */
function oneOf(row: readonly number[], { label }: EndpointRule): number {
  const [only] = row;
  if (row.length === 1 && only !== undefined) return only;
  const reward =
    typeof label === 'number' && label < row.length
      ? rewardOf({ kind: 'label', index: label }, row)
      : undefined;
  if (reward !== undefined) return reward;
  throw new WrongAnswer(
    `${row.length} numbers came for one text: say in preflens.json which of them speaks for a good answer ("label", from 0)`,
  );
}

/** Scores items by requests, a few at a time; the others wait for their turn. */
function itemScorer(
  rule: EndpointRule,
  protocol: ServerProtocol,
  { secret, http }: EndpointMachine,
): ItemScorer {
  const limits = { ...HTTP_LIMITS, ...http };
  const url = serverUrl(rule, protocol.path(rule));
  const size = itemsPerRequest(protocol, rule);
  const inTurn = turns(rule.concurrency ?? CONCURRENCY);
  let failed = 0;

  const askFor = async (items: readonly RateItem[], signal: AbortSignal): Promise<number[][]> =>
    post(
      url,
      protocol.body(items, rule),
      await keyFor(rule, secret),
      (answer) => protocol.read(answer, items.length, rule).map((row) => [oneOf(row, rule)]),
      limits,
      signal,
    );

  /** The numbers of items; for pairs those of both orders. */
  const numbersOf = async (items: readonly RateItem[], signal: AbortSignal): Promise<number[][]> => {
    const first = await askFor(items, signal);
    if (protocol.pass !== 'pair') return first;
    const swapped = await askFor(
      items.map((item) => ({ ...item, texts: [...item.texts].reverse() })),
      signal,
    );
    return first.map((row, i) => [...row, ...(swapped[i] ?? [])]);
  };

  return {
    provider: () => PROVIDER_NAMES.length,
    async rate(items, priority, listener: RateListener, signal) {
      // After a final failure the other requests are not sent.
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      const rateSome = async (numbers: readonly number[]): Promise<void> => {
        either.throwIfAborted();
        const some = numbers.flatMap((number) => items[number] ?? []);
        try {
          const rows = await numbersOf(some, either);
          failed = 0;
          rows.forEach((row, i) => {
            listener.onRated(numbers[i] ?? -1, Float32Array.from(row), 0, 0);
          });
        } catch (error) {
          either.throwIfAborted();
          if (!(error instanceof Refused) || ++failed > MAX_FAILED) throw error;
          // A text that the server refuses must not cost the others of its request.
          if (numbers.length > 1) {
            for (const number of numbers) await rateSome([number]);
            return;
          }
          for (const number of numbers)
            listener.onRefused(number, `the server did not take it: ${error.message}`);
        }
        listener.onBatch();
      };
      const asked = Promise.all(
        cut([...items.keys()], size).map(async (numbers) =>
          inTurn(priority, async () => rateSome(numbers)).catch((error: unknown) => {
            stop.abort(error);
            throw error;
          }),
        ),
      );
      await asked.catch((error: unknown) => {
        throw failureOf(rule, error, signal);
      });
      return NO_FIGURES;
    },
  };
}

/** A longer name would push the question out of view. */
const MAX_NAME = 60;

/** Where texts go, by the origin that secrets are bound to. */
export function endpointText(rule: EndpointRule): string {
  const { model, protocol } = rule;
  return `${originOf(rule)} (${protocol}${model === undefined ? '' : `, ${model.slice(0, MAX_NAME)}`})`;
}

/** What leaves the machine with the texts of `of`, and where it goes. For questions and refusals. */
export function sendingOf(rule: EndpointRule, of: string): { readonly what: string; readonly where: string } {
  const { secret, checklistField: field } = rule;
  const texts =
    field === undefined
      ? 'the prompts and answers'
      : `the prompts, the answers and the field ${JSON.stringify(field.slice(0, MAX_NAME))}`;
  const key = secret === undefined ? '' : ` with the secret ${secret}`;
  return { what: `${texts} of ${of}${key}`, where: endpointText(rule) };
}

export async function openEndpoint(rule: EndpointRule, machine: EndpointMachine): Promise<PairScorer> {
  const protocol = SERVER_PROTOCOLS[rule.protocol];
  const { url, model, label, format } = rule;
  const fingerprint = sha256(JSON.stringify(['endpoint', rule.protocol, url, model, label, format])).slice(
    0,
    32,
  );
  const folder =
    machine.cacheFolder === undefined ? undefined : join(machine.cacheFolder, 'scores', fingerprint);
  const isPair = protocol.pass === 'pair';
  const cache = new ScoreCache(
    folder,
    isPair ? 2 : 1,
    {
      endpoint: endpointText(rule),
      fingerprint,
      protocol: rule.protocol,
    },
    machine.log,
  );
  await cache.load();
  return raterScorer({
    kind: 'endpoint',
    name: rule.name ?? rule.model ?? new URL(url).host,
    about: [
      `Served by ${endpointText(rule)}.`,
      isPair
        ? 'Asked in both orders; where they disagree it is a tie.'
        : `Fingerprint ${fingerprint.slice(0, 12)}.`,
    ],
    warnings: [],
    raters: [
      {
        pass: protocol.pass,
        scorer: itemScorer(rule, protocol, machine),
        cache,
        refusals: new Map(),
        flying: new Set(),
      },
    ],
    head: isPair ? { kind: 'pair', numbers: 1 } : { kind: 'scalar' },
    close: () => undefined,
  });
}
