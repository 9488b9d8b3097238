// Commands that start and stop scoring.
import { noFile, say } from '../say.ts';
import type { Server } from '../server.ts';
import type { Commands } from './register.ts';

/** @param fileMeant the file that the person looks at */
export function scoringCommands(server: Server, fileMeant: () => string | undefined): Commands {
  const execute = (command: 'preflens.score' | 'preflens.cancelScoring') => async (): Promise<void> => {
    const uri = fileMeant();
    const why = uri === undefined ? noFile() : ((await server.execute(command, uri)) as string | null);
    if (why !== null) void say('info', why);
  };
  return {
    'preflens.scoreFile': execute('preflens.score'),
    'preflens.stopScoring': execute('preflens.cancelScoring'),
  };
}
