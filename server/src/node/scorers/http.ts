// Requests to a model server: retried with a growing pause, given up with the reason.
import { setTimeout as wait } from 'node:timers/promises';

/** Limits of requests. */
export interface HttpLimits {
  /** For one attempt. */
  readonly timeoutMs: number;
  readonly tries: number;
  /** The first pause; each later one is twice as long, up to the longest. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
}

export const HTTP_LIMITS: HttpLimits = { timeoutMs: 120_000, tries: 6, pauseMs: 500, longestPauseMs: 30_000 };

/** The server refused; a retry would not help. */
export class Refused extends Error {}

/** Status codes that mean "not now". */
const isPassing = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;

/** A parsed response, and its `Retry-After`. */
async function ask(
  url: string,
  body: unknown,
  key: string | undefined,
  timeoutMs: number,
  signal: AbortSignal,
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
    // A redirect must not carry the key to another server.
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const text = await response.text();
  return { status: response.status, text, after: Number(response.headers.get('retry-after') ?? Number.NaN) };
}

/** The start of a response, for a message. The server may echo the key: it is removed. */
function quoted(text: string, key: string | undefined): string {
  const kept = key === undefined || key === '' ? text : text.replaceAll(key, '…');
  return kept.slice(0, 200).trim();
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}

/**
 * Posts JSON and reads JSON with `read`. If `read` throws, the request is retried as after a failed connection. Rejects with
 * `Refused`, with the last reason after all attempts, or with the signal's reason. No message holds the key.
 */
export async function post<T>(
  url: string,
  body: unknown,
  key: string | undefined,
  read: (answer: unknown) => T,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<T> {
  let reason = '';
  for (let attempt = 0; attempt < limits.tries; attempt++) {
    if (attempt > 0) signal.throwIfAborted();
    let pause = Math.min(limits.longestPauseMs, limits.pauseMs * 2 ** attempt);
    try {
      const { status, text, after } = await ask(url, body, key, limits.timeoutMs, signal);
      if (status >= 200 && status < 300) return read(JSON.parse(text));
      reason = `it answered ${status} (${quoted(text, key)})`;
      if (!isPassing(status)) throw new Refused(reason);
      if (Number.isFinite(after)) pause = Math.min(limits.longestPauseMs, 1000 * after);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Refused) throw error;
      reason = reasonOf(error);
    }
    // Half of the pause is random, so that many clients do not return at once.
    if (attempt + 1 < limits.tries)
      await wait(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
  signal.throwIfAborted();
  throw new Error(`it was asked ${limits.tries} times, and the last time ${reason}`);
}
