// The workflow that releases, against the published schema of such files and against the commands of package.json.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { vsceArguments } from '../tools/pack/release.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(ROOT, '.github', 'workflows', 'release.yml'), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly on: object;
  readonly jobs: Readonly<
    Record<string, { permissions: Record<string, string>; readonly steps: readonly Step[] }>
  >;
}
const readWorkflow = (): Workflow => parse(text) as Workflow;
const steps = Object.values(readWorkflow().jobs).flatMap((job) => job.steps);

it('is a workflow by the published schema', () => {
  const workflow = readWorkflow();
  const folder = dirname(createRequire(import.meta.url).resolve('schemastore/package.json'));
  const schema = JSON.parse(
    readFileSync(join(folder, 'schemas', 'json', 'github-workflow.json'), 'utf8'),
  ) as object;
  const isValid = new Ajv({ strict: false, logger: false }).compile(schema);
  // The schema of this date does not know the permission to attest.
  expect(workflow.jobs.release!.permissions).toHaveProperty('attestations', 'write');
  delete workflow.jobs.release!.permissions.attestations;
  expect(isValid(workflow), JSON.stringify(isValid.errors)).toBe(true);
  expect(isValid({ ...workflow, jobs: { release: { steps } } })).toBe(false);
});

it('runs for tags alone, and only commands that exist here', () => {
  expect(readWorkflow().on).toEqual({ push: { tags: ['v*'] } });
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const commands = steps.flatMap(({ run }) => run ?? []);
  const names = commands.map((command) => /^npm (?:run )?([\w:]+)(?: -- .*)?$/.exec(command)?.[1]);
  expect(names).toEqual(['test', 'reproduce', 'package', 'release', 'release']);
  for (const name of names) expect(scripts).toHaveProperty([name!]);
});

it('shows its secrets to the last step alone, which comes after tests, hashes and attestation', () => {
  const withSecrets = steps.filter((step) => JSON.stringify(step).includes('secrets.'));
  expect(withSecrets).toEqual([steps.at(-1)]);
  expect(Object.keys(withSecrets[0]!.env!)).toEqual(['VSCE_PAT', 'NPM_TOKEN']);
  const place = (what: string): number => steps.findIndex((step) => JSON.stringify(step).includes(what));
  const order = ['npm test', 'npm run package', '--dry-run', 'SHA256SUMS', 'secrets.'].map(place);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
});

it('publishes every VSIX in one command', () => {
  const [command, , option, ...files] = vsceArguments('packages');
  expect([command, option]).toEqual(['publish', '--packagePath']);
  expect(files.map((file) => /preflens-(.*)-\d+\.\d+\.\d+\.vsix$/.exec(file)?.[1])).toEqual([
    ...['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'],
    ...['web', 'universal'],
  ]);
});
