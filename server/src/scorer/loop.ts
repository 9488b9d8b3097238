// The scoring program on a connection. Only main.ts knows that it runs in a process.
import type { MessageConnection } from 'vscode-jsonrpc/node';

import type { Pause } from '#core/score/fit.ts';
import { serve } from '#node/rpc.ts';
import { fitHandlers, pauser } from '#node/scoring/fitHandlers.ts';
import type { ScorerRequests } from '#protocol/scorer.ts';
import { SCORER_PROTOCOL } from '#protocol/version.ts';

import { headHandlers } from './headLoop.ts';
import { modelHandlers } from './modelLoop.ts';
import { templateHandlers } from './templateLoop.ts';
import { crewFor } from './threads.ts';

/**
 * Handles the requests of #protocol/scorer.ts until the connection closes.
 * @param program the file to start threads with; without it, all work is done in this thread
 */
export function serveScorer(connection: MessageConnection, pid: number, program?: string): void {
  const tell = (visited: number): void => {
    void connection.sendNotification('progress', { visited });
  };
  const pauseFor = (signal: AbortSignal): Pause => pauser(tell, signal);
  const crew = crewFor(program);
  serve<ScorerRequests>(connection, {
    ...modelHandlers(connection),
    ...headHandlers(pauseFor, crew),
    ...templateHandlers(),
    ...fitHandlers(crew, pauseFor),
    hello: async () => ({ version: SCORER_PROTOCOL, pid }),
  });
  connection.listen();
}
