// Keys of servers. A repository's preflens.json names both the key and the server that receives it. So it can use only keys that
// the person set aside: in a variable with our prefix, or in the editor's store for this one server.
import { messages } from '#core/messages.ts';
import type { EndpointRule } from '#core/reward/scorerRule.ts';
import { SECRET_PREFIX } from '#core/reward/scorerRule.ts';

/** The value of a secret for a server; undefined if that server has none. */
export type SecretOf = (name: string, origin: string) => Promise<string | undefined>;

/** Environment variables with our prefix. */
export function environmentSecret(name: string): string | undefined {
  return name.startsWith(SECRET_PREFIX) ? process.env[name] : undefined;
}

/** Scheme, host and port: secrets are bound to it, and questions name it. */
export function originOf({ url }: EndpointRule): string {
  try {
    return new URL(url).origin;
  } catch {
    throw messages.noServer(url);
  }
}

/** The key that a rule names; undefined if it names none. Rejects if this server has no such key. */
export async function keyFor(rule: EndpointRule, secretOf: SecretOf): Promise<string | undefined> {
  const { secret: name } = rule;
  if (name === undefined) return undefined;
  const key = await secretOf(name, originOf(rule));
  if (key !== undefined) return key;
  throw name.startsWith(SECRET_PREFIX)
    ? messages.noSecret(name, originOf(rule))
    : messages.foreignSecret(name, `${SECRET_PREFIX}${name}`, originOf(rule));
}
