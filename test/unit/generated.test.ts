import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { GENERATED } from '../tools/generated.ts';

it.each(GENERATED)('$path is up to date (npm run generate)', ({ path, text }) => {
  expect(readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8')).toBe(text());
});
