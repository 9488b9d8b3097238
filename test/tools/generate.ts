// npm run generate: writes the files that are made from the code. A test compares them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { GENERATED } from './generated.ts';

for (const { path, text } of GENERATED) {
  const file = join(import.meta.dirname, '..', '..', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text());
  console.log(path);
}
