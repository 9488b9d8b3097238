// npm run new:check -- RULE [--kind KIND] [--folder FOLDER]: the files of a new check.
import { ALL_RULES } from '#core/checks/table.ts';

import { newCheck } from './scaffold.ts';
import { CHECK_SKELETONS, type CheckKind } from './skeletons.ts';
import { readSource, writeScaffold } from './writeScaffold.ts';

await writeScaffold({
  usage: 'npm run new:check -- RULE [--kind KIND] [--folder FOLDER of server/src/core/checks]',
  kinds: Object.keys(CHECK_SKELETONS) as CheckKind[],
  known: ALL_RULES.map(({ id }) => id),
  make: (id, kind, folder) => newCheck(id, kind, readSource, folder),
});
