// Keys of servers. A preflens.json comes with a repository and names both the key and the server that gets it: so it can name
// only what somebody set aside for this, in a variable with our prefix or in the editor's store for this one server.
import { messages } from '#core/messages.ts';
import type { EndpointRule } from '#core/reward/scorerRule.ts';
import { SECRET_PREFIX } from '#core/reward/scorerRule.ts';

/** The value of a secret that may be sent to a server; undefined where there is none for it. */
export type SecretOf = (name: string, origin: string) => Promise<string | undefined>;

/** Variables of the environment, of those with our prefix alone. */
export function environmentSecret(name: string): string | undefined {
  return name.startsWith(SECRET_PREFIX) ? process.env[name] : undefined;
}

/** Scheme, host and port of the server: what a secret is bound to and what questions name. */
export function originOf({ url }: EndpointRule): string {
  try {
    return new URL(url).origin;
  } catch {
    throw messages.noServer(url);
  }
}

/** The key that a rule names; undefined where it names none. Rejects where there is none for this server. */
export async function keyFor(rule: EndpointRule, secretOf: SecretOf): Promise<string | undefined> {
  const { secret: name } = rule;
  if (name === undefined) return undefined;
  const key = await secretOf(name, originOf(rule));
  if (key !== undefined) return key;
  throw name.startsWith(SECRET_PREFIX)
    ? messages.noSecret(name, originOf(rule))
    : messages.foreignSecret(name, `${SECRET_PREFIX}${name}`, originOf(rule));
}
