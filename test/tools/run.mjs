// npm test: installs what is needed, runs every gate and suite, and counts. `run.mjs workbench` runs only
// that suite, and `run.mjs million` a day's work on a million rows.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { bin, environment, installPackages, root } from './setup.mjs';

const only = process.argv.slice(2);
const ARTEFACTS = join(root, 'test', 'artefacts');
const counts = { passed: 0, failed: 0 };
/** Lines for the end of the output, where they are seen. */
const failures = [];
const started = Date.now();

installPackages();
mkdirSync(ARTEFACTS, { recursive: true });
const node = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
const script = (path) => join(root, 'node_modules', ...path);

function heading(name) {
  console.log(
    `\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))} ${Math.round((Date.now() - started) / 1000)} s`,
  );
}

/** Runs a gate, which counts as one test, and prints its output when it ends. */
async function gate(name, args) {
  const child = spawn(node, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  const [status] = await once(child, 'close');
  heading(name);
  process.stdout.write(Buffer.concat(output));
  counts[status === 0 ? 'passed' : 'failed']++;
  if (status !== 0) failures.push(name);
  return status === 0;
}

/** Runs gates one after the other. */
async function gates(list) {
  for (const [name, args] of list) await gate(name, args);
}

const firstLine = (text = '') => text.split('\n', 1)[0];

/** A vitest run counts its tests. A run that ends without a report counts as one failure. */
async function suite(name, config, folders) {
  heading(name);
  const report = join(ARTEFACTS, `${name.replaceAll(/\W+/g, '-')}.json`);
  rmSync(report, { force: true });
  const args = [
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...folders,
  ];
  const child = spawn(node, [script(['vitest', 'vitest.mjs']), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: environment(),
  });
  const [status] = await once(child, 'close');
  if (!existsSync(report)) {
    counts.failed++;
    failures.push(`${name} ended without a report`);
    return;
  }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed += numPassedTests;
  counts.failed += numFailedTests;
  // A file that failed to load reports no tests at all.
  const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  counts.failed += broken.length;
  for (const { name: file, message } of broken) failures.push(`${file}: ${firstLine(message)}`);
  if (status !== 0 && numFailedTests + broken.length === 0) {
    counts.failed++;
    failures.push(`${name}: an error outside the tests, printed above`);
  }
  for (const { fullName, status: outcome, failureMessages } of testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  )) {
    if (outcome === 'failed') failures.push(`${fullName}: ${firstLine(failureMessages[0])}`);
    else if (outcome !== 'passed') console.log(`skipped: ${fullName}`);
  }
}

const wants = (name) => only.length === 0 || only.includes(name);

const TYPES = ['types', ['test/tools/types.mjs']];
const LINT = ['lint', [script(['eslint', 'bin', 'eslint.js']), '--max-warnings', '0', '.']];
const FORMAT = ['format', [script(['prettier', 'bin', 'prettier.cjs']), '--check', '--log-level=warn', '.']];
const BUILD = ['build', ['test/tools/packNow.mjs']];

async function suites() {
  // In one run, so that no core waits for the last file of a folder.
  const folders = ['unit', 'layers', 'wire', 'process', 'attacks'].filter(wants);
  if (folders.length > 0)
    await suite(
      folders.join(', '),
      'test/vitest.config.ts',
      folders.map((name) => `test/${name}`),
    );
  if (wants('workbench')) await suite('workbench', 'test/vitest.workbench.config.ts', []);
  if (only.includes('million')) {
    process.env.PREFLENS_ROWS = '1000000';
    await suite('million', 'test/vitest.workbench.config.ts', ['test/workbench/many.test.ts']);
  }
}

// The suites often wait for what they started: lint and types compute meanwhile.
await Promise.all([
  gates([...(wants('lint') ? [LINT] : []), ...(wants('types') ? [TYPES] : [])]),
  gates(wants('lint') ? [FORMAT] : []).then(async () => {
    if (await gate(...BUILD)) await suites();
  }),
]);

heading('total');
for (const line of failures) console.log(`failed: ${line}`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
