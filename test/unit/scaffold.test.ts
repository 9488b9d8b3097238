// The small form of test/process/scaffold.test.ts: every kind of check and schema can be inserted into the
// current sources.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { newCheck, newSchema } from '../tools/scaffold.ts';
import type { CheckKind, SchemaKind } from '../tools/skeletons.ts';
import { CHECK_SKELETONS, SCHEMA_SKELETONS } from '../tools/skeletons.ts';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');

it.each(Object.keys(CHECK_SKELETONS) as CheckKind[])('adds a check of kind %s', (kind) => {
  const { files } = newCheck('demo-check', kind, read);
  const table = files.find(({ path }) => path.endsWith('/table.ts'))!;
  const added = table.text.split('\n').filter((line) => line.includes('demoCheck'));
  expect(added).toEqual([expect.stringMatching(/^import \{ demoCheck \} from '.*';$/), '  demoCheck,']);
});

it.each(Object.keys(SCHEMA_SKELETONS) as SchemaKind[])('adds a schema of kind %s', (kind) => {
  const [table] = newSchema('demo-schema', kind, read).files;
  expect(table!.text).toMatch(/\n {4}id: 'demo-schema',\n[^]*\n\];\n$/);
});
