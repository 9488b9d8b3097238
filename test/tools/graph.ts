// Writes the diagram of the rooms into ARCHITECTURE.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { graphText, withGraph } from '../layers/graph.ts';
import { readImports, ROOT } from '../layers/imports.ts';

const path = join(ROOT, 'ARCHITECTURE.md');
writeFileSync(path, withGraph(readFileSync(path, 'utf8'), graphText(readImports())));
