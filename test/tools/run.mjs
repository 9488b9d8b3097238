// npm test: installs what is needed, runs every gate and suite, and counts. `run.mjs workbench` runs that suite alone.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { bin, environment, installPackages, root } from './setup.mjs';

const only = process.argv.slice(2);
const ARTEFACTS = join(root, 'test', 'artefacts');
const counts = { passed: 0, failed: 0 };
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

/** A gate counts as one test. */
function gate(name, args) {
  heading(name);
  const { status } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env: environment() });
  counts[status === 0 ? 'passed' : 'failed']++;
  return status === 0;
}

/** A vitest run counts its tests. A run that ends without its report counts as one failure. */
function suite(name, config, folders) {
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
  const { status } = spawnSync(node, [script(['vitest', 'vitest.mjs']), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: environment(),
  });
  if (!existsSync(report)) {
    counts.failed++;
    return;
  }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed += numPassedTests;
  counts.failed += numFailedTests;
  // A file that could not be loaded reports no test at all.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  counts.failed += broken;
  if (status !== 0 && numFailedTests + broken === 0) counts.failed++;
  for (const { assertionResults } of testResults) {
    for (const test of assertionResults) {
      if (test.status !== 'passed' && test.status !== 'failed') console.log(`skipped: ${test.fullName}`);
    }
  }
}

const wants = (name) => only.length === 0 || only.includes(name);

if (wants('types')) gate('types', ['test/tools/types.mjs']);
if (wants('lint')) {
  gate('lint', [script(['eslint', 'bin', 'eslint.js']), '--max-warnings', '0', '.']);
  gate('format', [script(['prettier', 'bin', 'prettier.cjs']), '--check', '--log-level=warn', '.']);
}
const built = gate('build', ['test/tools/packNow.mjs']);
if (built) {
  if (wants('unit')) suite('unit', 'test/vitest.config.ts', ['test/unit', 'test/layers']);
  if (wants('wire')) suite('wire', 'test/vitest.config.ts', ['test/wire']);
  if (wants('process')) suite('process', 'test/vitest.config.ts', ['test/process']);
  if (wants('attacks')) suite('attacks', 'test/vitest.config.ts', ['test/attacks']);
  if (wants('workbench')) suite('workbench', 'test/vitest.workbench.config.ts', []);
}

heading('total');
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
