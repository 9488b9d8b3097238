// The scoring process: a child of the server or of the command line, started with an IPC channel.
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';

import { serveScorer } from './loop.ts';

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
// Without a parent there is nobody to score for.
process.on('disconnect', () => process.exit(0));
serveScorer(connection, process.pid);
