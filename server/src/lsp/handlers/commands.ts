// Commands that the server executes for any editor.
import type { Connection } from 'vscode-languageserver/node';

import type { FlipResult, ServerCommand } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import { whyNotEdited, whyNotScored } from '#session/reasons.ts';
import type { Sessions } from '#session/sessions.ts';

import { show } from '../show.ts';

/** The result is null, or why nothing was done. */
const RUN: Readonly<
  Record<Exclude<ServerCommand, 'preflens.flip'>, (sessions: Sessions, uri: string) => string | null>
> = {
  'preflens.score': (sessions, uri) => {
    const session = sessions.get(uri);
    const why = whyNotScored(session, uri);
    if (why === undefined) session?.score();
    return why ?? null;
  },
  'preflens.cancelScoring': (sessions, uri) => {
    const session = sessions.get(uri);
    if (session?.state.phase !== 'scoring') return 'Nothing is being scored here.';
    session.cancelScoring();
    return null;
  },
};

export const COMMANDS: readonly string[] = ['preflens.flip' satisfies ServerCommand, ...Object.keys(RUN)];

async function flip(connection: Connection, sessions: Sessions, ref: RecordRef): Promise<FlipResult> {
  const flipped = await sessions.get(ref.uri)?.edit(ref, { kind: 'flip' });
  if (flipped?.ok) return flipped.value;
  show(connection, 'info', flipped?.why ?? whyNotEdited(undefined, ref, { kind: 'flip' }));
  return null;
}

export function serveCommands(connection: Connection, sessions: Sessions): void {
  connection.onExecuteCommand(async ({ command, arguments: args }) => {
    const argument: unknown = args?.[0];
    if (command === 'preflens.flip') return flip(connection, sessions, argument as RecordRef);
    return Object.hasOwn(RUN, command) ? RUN[command as keyof typeof RUN](sessions, String(argument)) : null;
  });
}
