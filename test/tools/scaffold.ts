// A new check or schema as file texts. `newCheck.ts` and `newSchema.ts` write them.
import type { FixtureStage } from '../fakes/fixtures.ts';
import { fixturePath } from '../fakes/fixtures.ts';
import { mappingFixture } from './missingInMapping.ts';
import type { CheckKind, CheckSkeleton, SchemaKind, SchemaSkeleton } from './skeletons.ts';
import { CHECK_SKELETONS, SCHEMA_SKELETONS } from './skeletons.ts';

export interface NewFile {
  /** Relative to the repository root. */
  readonly path: string;
  readonly text: string;
}

export interface Scaffold {
  readonly files: readonly NewFile[];
  /** The author's next steps. */
  readonly steps: readonly string[];
}

/** Reads a file, by its path from the repository root. */
type Read = (path: string) => string;

const CHECKS = 'server/src/core/checks';
const CHECK_TABLE = `${CHECKS}/table.ts`;

/** The tests of a rule by its stage, as arguments for vitest. */
const TESTS = {
  record: 'unit/rules unit/checks',
  relation: 'unit/rules unit/relations',
  dataset: 'unit/rules',
} as const satisfies Record<FixtureStage, string>;

/** Lower-case words joined by hyphens. */
export const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

const camelCase = (id: string): string => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const jsonLines = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Adds text before the end of a list, `export const NAME: … = [`. */
function appendTo(source: string, list: string, text: string): string {
  const start = source.search(new RegExp(`^export const ${list}\\b`, 'm'));
  const end = start < 0 ? -1 : source.indexOf('];', start);
  if (end < 0) throw new Error(`There is no list ${list}.`);
  const comma = source.charAt(end - 1) === '\n' ? '' : ',\n';
  return `${source.slice(0, end)}${comma}${text}\n${source.slice(end)}`;
}

const IMPORT = /^import .* from '(.*)';$/gm;

/** Adds an import of a file below the importing one, in the order that lint expects. */
function addImport(source: string, name: string, from: string): string {
  const later = [...source.matchAll(IMPORT)].find(
    ([, path = '']) => !path.startsWith('..') && path.toLowerCase() > from.toLowerCase(),
  );
  const last = [...source.matchAll(IMPORT)].at(-1);
  const at = later?.index ?? (last ? last.index + last[0].length + 1 : 0);
  return `${source.slice(0, at)}import { ${name} } from '${from}';\n${source.slice(at)}`;
}

const COMMANDS = 'npm run generate, and add a line to CHANGELOG.md by hand.';

export function newCheck(id: string, kind: CheckKind, read: Read, folder?: string): Scaffold {
  const skeleton: CheckSkeleton = CHECK_SKELETONS[kind];
  const name = camelCase(id);
  const place = `${folder ?? skeleton.folder}/${name}.ts`;
  const path = `${CHECKS}/${place}`;
  const fixture = fixturePath(skeleton.stage, id);
  const table = addImport(appendTo(read(CHECK_TABLE), skeleton.list, `  ${name},`), name, `./${place}`);
  return {
    files: [
      { path, text: skeleton.text(id, name) },
      { path: CHECK_TABLE, text: table },
      { path: fixture, text: jsonLines(skeleton.fixture(id)) },
    ],
    steps: [
      `Write the rule in ${path}, and its records in ${fixture} (test/fixtures/README.md).`,
      `Run npm run vitest -- ${TESTS[skeleton.stage]} -t ${id} until it names nothing that is missing.`,
      `Run ${COMMANDS}`,
    ],
  };
}

export function newSchema(id: string, kind: SchemaKind, read: Read): Scaffold {
  const { file, list, row, record, expected }: SchemaSkeleton = SCHEMA_SKELETONS[kind];
  const path = `server/src/core/mapping/table/${file}.ts`;
  const fixture = mappingFixture(id);
  const text = `  {
    id: '${id}',
    title: '',
    ${row}
    polarity: '',
  },`;
  return {
    files: [
      { path, text: appendTo(read(path), list, text) },
      { path: `${fixture}.jsonl`, text: jsonLines([record]) },
      { path: `${fixture}.json`, text: `${JSON.stringify([expected], null, 1)}\n` },
    ],
    steps: [
      `Write the row at the end of ${path}, and one or more records of the dataset in ${fixture}.jsonl.`,
      `Run PREFLENS_WRITE_FIXTURES=1 npm run vitest -- test/unit/mappings.test.ts -t ${id} until it names nothing that is missing. Read ${fixture}.json: is the better answer the chosen one?`,
      `Run ${COMMANDS}`,
    ],
  };
}
