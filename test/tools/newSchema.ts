// npm run new:schema -- ID [--kind KIND]: the row and the fixture of a new schema.
import { MAPPINGS } from '#core/mapping/table.ts';

import { newSchema } from './scaffold.ts';
import { SCHEMA_SKELETONS, type SchemaKind } from './skeletons.ts';
import { readSource, writeScaffold } from './writeScaffold.ts';

await writeScaffold({
  usage: 'npm run new:schema -- ID [--kind KIND]',
  kinds: Object.keys(SCHEMA_SKELETONS) as SchemaKind[],
  known: MAPPINGS.map(({ id }) => id),
  make: (id, kind) => newSchema(id, kind, readSource),
});
