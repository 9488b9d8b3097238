// The language server as a program: over IPC from our own extension, over stdio from any other editor.
import { join } from 'node:path';

import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';

import { startScorer } from '#node/scoringProcess.ts';

import { serveLanguage } from './server.ts';

const viaIpc = process.argv.includes('--node-ipc');
const connection = viaIpc
  ? createConnection(ProposedFeatures.all)
  : createConnection(ProposedFeatures.all, process.stdin, process.stdout);
serveLanguage(connection, async () => startScorer(join(import.meta.dirname, 'scorer.js')));
