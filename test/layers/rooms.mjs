// The rooms of the code, from the bottom up, and what each may import from the others. Lint refuses every
// other import, `imports.test.ts` refuses arrows that point up, and `npm run graph` draws the rooms in
// ARCHITECTURE.md.
import { posix } from 'node:path';

const CORE = 'server/src/core/';
const NODE = 'server/src/node/';
const filesIn = (folder, ...names) => names.map((name) => `${folder}${name}`);

const GROUND = ['core/base', 'core/model'];
const PARSED = [...GROUND, 'core/json', 'core/mapping'];
const ALL_CORE = [
  ...PARSED,
  ...[
    'facts',
    'history',
    'edits',
    'input',
    'reward',
    'checks',
    'score',
    'config',
    'dataset',
    'memory',
    'report',
    'query',
  ].map((name) => `core/${name}`),
  ...[
    'core/learning',
    'core/portrait',
    'core/review',
    'core/drawing',
    'core/convert',
    'core/fix',
    'core/build',
  ],
  'core/messages',
];
const DISK = ['node/disk', 'node/parquet', 'node/containers', 'node/files', 'node/survey'];
const ALL_NODE = [...DISK, 'node/process', 'node/models', 'node/scorers', 'node/scoring'];
const LOWER = [
  ...ALL_CORE,
  'core/assistant',
  'protocol',
  'formats',
  'formats/parquet',
  'formats/tables',
  ...ALL_NODE,
];

/**
 * `at`: folders end with a slash; if several rooms match a file, the longest match wins. `may`: the rooms
 * that this one may import. Rooms further down the list are higher.
 */
export const ROOMS = [
  {
    name: 'core/base',
    holds: 'hashes, groups, sorting, escapes, words for numbers, word differences, WebAssembly',
    at: [
      ...filesIn(
        CORE,
        'hash.ts',
        'group.ts',
        'concat.ts',
        'lanes.ts',
        'wasm.ts',
        'sharedStart.ts',
        'sortedOrder.ts',
        'systemErrors.ts',
        'platform.d.ts',
      ),
      ...filesIn(CORE, 'words/', 'escape/', 'compare/'),
    ],
    may: [],
  },
  {
    name: 'core/channel',
    holds: 'requests, replies, errors and cancel between two ends',
    at: [`${CORE}channel/`],
    may: ['core/base'],
  },
  {
    name: 'core/assistant',
    holds: 'the tools of assistants: names, descriptions, schemas',
    at: [`${CORE}assistant/`],
    may: [],
  },
  {
    name: 'core/model',
    holds: 'pairs, records, findings, identity, tokens',
    at: filesIn(CORE, 'model/', 'ports.ts', 'progress.ts'),
    may: ['core/base'],
  },
  { name: 'core/json', holds: 'bytes to values and places', at: [`${CORE}json/`], may: GROUND },
  {
    name: 'core/mapping',
    holds: 'schemas: fields to pairs',
    at: [`${CORE}mapping/`],
    may: [...GROUND, 'core/json'],
  },
  { name: 'core/facts', holds: 'records and pairs as numbers', at: [`${CORE}facts/`], may: GROUND },
  {
    name: 'core/history',
    holds: 'two versions of a dataset, compared and merged record by record',
    at: [`${CORE}history/`],
    may: [...PARSED, 'core/facts'],
  },
  { name: 'core/edits', holds: 'edits to bytes', at: [`${CORE}edits/`], may: PARSED },
  { name: 'core/input', holds: 'files that are not JSON Lines', at: [`${CORE}input/`], may: PARSED },
  {
    name: 'core/reward',
    holds: 'scores by others: models, columns, ensembles',
    at: [`${CORE}reward/`],
    may: [...PARSED, 'core/facts'],
  },
  {
    name: 'core/checks',
    holds: 'rules, and the findings of records and datasets',
    at: [`${CORE}checks/`],
    may: [...PARSED, 'core/facts', 'core/input', 'core/reward'],
  },
  {
    name: 'core/score',
    holds: 'the consistency scorer and the ranking',
    at: [`${CORE}score/`],
    may: [...PARSED, 'core/facts', 'core/checks'],
  },
  {
    name: 'core/config',
    holds: 'preflens.json',
    at: [`${CORE}config/`],
    may: [...PARSED, 'core/reward', 'core/checks'],
  },
  {
    name: 'core/dataset',
    holds: 'one pass over the records of a file',
    at: [`${CORE}dataset/`],
    may: [...PARSED, 'core/facts', 'core/edits', 'core/input', 'core/checks', 'core/config'],
  },
  {
    name: 'core/query',
    holds: 'the query language',
    at: [`${CORE}query/`],
    may: [
      ...PARSED,
      ...['facts', 'history', 'checks', 'score', 'config', 'dataset'].map((name) => `core/${name}`),
    ],
  },
  {
    name: 'core/memory',
    holds: 'decisions and the baseline',
    at: [`${CORE}memory/`],
    may: [...GROUND, 'core/facts', 'core/checks'],
  },
  {
    name: 'core/learning',
    holds: 'what reviewed labels say about the others',
    at: [`${CORE}learning/`],
    may: [...GROUND, 'core/facts', 'core/score', 'core/memory'],
  },
  {
    name: 'core/portrait',
    holds: 'a dataset as a whole, in numbers',
    at: [`${CORE}portrait/`],
    may: [...PARSED, 'core/facts', 'core/checks', 'core/reward', 'core/score'],
  },
  {
    name: 'core/build',
    holds: 'training sets: recipes, columns, samples, splits, pairs of candidates, edits and reactions',
    at: [`${CORE}build/`],
    may: [...GROUND, 'core/mapping', 'core/checks', 'core/score', 'core/portrait'],
  },
  {
    name: 'core/review',
    holds: 'review of pairs by people: queues, agreement, what the rest holds',
    at: [`${CORE}review/`],
    may: [
      ...GROUND,
      ...['facts', 'checks', 'score', 'query', 'memory', 'portrait'].map((name) => `core/${name}`),
    ],
  },
  {
    name: 'core/drawing',
    holds: 'figures of a portrait, as elements',
    at: [`${CORE}drawing/`],
    may: [...GROUND, 'core/checks', 'core/portrait'],
  },
  {
    name: 'core/report',
    holds: 'findings in a format',
    at: [`${CORE}report/`],
    may: [...GROUND, 'core/json', 'core/checks', 'core/portrait', 'core/drawing'],
  },
  {
    name: 'core/convert',
    holds: 'one schema to another',
    at: [`${CORE}convert/`],
    may: [...PARSED, 'core/dataset'],
  },
  {
    name: 'core/fix',
    holds: 'repairs of a record',
    at: [`${CORE}fix.ts`],
    may: [...PARSED, 'core/checks', 'core/edits'],
  },
  {
    name: 'core/messages',
    holds: 'what people read when something goes wrong',
    at: [`${CORE}messages.ts`],
    may: ['core/base', 'core/config', 'core/input'],
  },
  {
    name: 'protocol',
    holds: 'the messages of every wire, as types',
    at: ['server/src/protocol/'],
    may: [
      'core/base',
      'core/model',
      'core/reward',
      'core/score',
      'core/config',
      'core/portrait',
      'core/history',
    ],
  },
  {
    name: 'formats',
    holds: 'lines, Arrow',
    at: ['server/src/formats/'],
    may: ALL_CORE,
  },
  {
    name: 'formats/parquet',
    holds: 'Parquet: pages to lines and back',
    at: ['server/src/formats/parquet/'],
    may: [...PARSED, 'core/edits', 'core/input', 'formats'],
  },
  {
    name: 'formats/tables',
    holds: 'other tables as records: Arrow, CSV',
    at: ['server/src/formats/arrow/', 'server/src/formats/csv/'],
    may: [...PARSED, 'core/input', 'formats'],
  },
  {
    name: 'node/disk',
    holds: 'bytes on disk: open, write, copy, save, lock, cache',
    at: filesIn(
      NODE,
      ...[
        'alive.ts',
        'byteSource.ts',
        'cache.ts',
        'cacheEntry.ts',
        'cacheFolder.ts',
        'cachePlace.ts',
        'codeCache.ts',
        'codec.ts',
        'copy.ts',
        'dataFile.ts',
      ],
      ...['leftovers.ts', 'lock.ts', 'ownName.ts', 'owner.ts', 'paths.ts', 'queue.ts', 'regularFile.ts'],
      ...['save.ts', 'stored.ts', 'systemErrors.ts', 'write.ts', 'zstdFrames.ts'],
    ),
    may: [...ALL_CORE, 'formats'],
  },
  {
    name: 'node/parquet',
    holds: 'tables on disk, their codecs',
    at: [`${NODE}parquet/`],
    may: [...ALL_CORE, 'formats', 'formats/parquet', 'node/disk'],
  },
  {
    name: 'node/containers',
    holds: 'how files hold records: cut, found again, saved',
    at: [`${NODE}containers/`],
    may: [...ALL_CORE, 'formats', 'formats/parquet', 'formats/tables', 'node/disk', 'node/parquet'],
  },
  {
    name: 'node/files',
    holds: 'datasets: find, inspect, look up records, plan a save, keep unsaved edits',
    at: filesIn(
      NODE,
      ...['apply.ts', 'editSession.ts', 'files.ts', 'findRecords.ts'],
      ...['inspect.ts', 'inspectCsv.ts', 'journal.ts', 'layout.ts', 'valueChanges.ts', 'parquet/textSave.ts'],
    ),
    may: [
      ...ALL_CORE,
      ...['formats', 'formats/parquet', 'formats/tables', 'node/disk', 'node/parquet', 'node/containers'],
    ],
  },
  {
    name: 'node/survey',
    holds: 'a file surveyed by threads, its settings and memory',
    at: [NODE],
    may: [
      ...ALL_CORE,
      ...[
        'core/assistant',
        'protocol',
        'formats',
        'node/disk',
        'node/parquet',
        'node/containers',
        'node/files',
      ],
    ],
  },
  {
    name: 'node/process',
    holds: 'scoring processes: start, supervise, end',
    at: filesIn(
      NODE,
      ...['rpc.ts', 'ending.ts', 'scoring/process.ts', 'scoring/supervisor.ts', 'scoring/silence.ts'],
      ...['scoring/pool.ts', 'scoring/fitHandlers.ts'],
    ),
    may: [...ALL_CORE, 'core/channel', 'protocol', 'node/disk'],
  },
  {
    name: 'node/models',
    holds: 'models: folders, hosts, stored scores',
    at: [`${NODE}models/`],
    may: [...ALL_CORE, 'protocol', 'formats', 'node/disk', 'node/files', 'node/process'],
  },
  {
    name: 'node/scorers',
    holds: 'scorers as preflens.json names them',
    at: [`${NODE}scorers/`],
    may: [...ALL_CORE, 'protocol', 'formats', ...DISK, 'node/process', 'node/models'],
  },
  {
    name: 'node/scoring',
    holds: 'one scoring run from start to end',
    at: [`${NODE}scoring/`],
    may: [...ALL_CORE, 'protocol', 'formats', ...DISK, 'node/process', 'node/models', 'node/scorers'],
  },
  {
    name: 'session',
    holds: 'open files: their state, edits, findings and jobs',
    at: ['server/src/session/'],
    may: LOWER,
  },
  {
    name: 'session/views',
    holds: 'open files as plain data for the editor',
    at: ['server/src/session/views/'],
    may: [...LOWER, 'session'],
  },
  {
    name: 'session/assistant',
    holds: 'the tools of assistants over open files',
    at: ['server/src/session/assistant/'],
    may: [...LOWER, 'session', 'session/views'],
  },
  {
    name: 'lsp',
    holds: 'the language server',
    at: ['server/src/lsp/'],
    may: [...LOWER, 'session', 'session/views', 'session/assistant'],
  },
  {
    name: 'web',
    holds:
      'the language server in a browser: the parts of Node that it uses, on the file system of the editor',
    at: ['server/src/web/'],
    may: [...LOWER, 'session', 'lsp'],
  },
  {
    name: 'mcp',
    holds: 'the server of assistants',
    at: ['server/src/mcp/'],
    may: [...LOWER, 'session', 'session/views', 'session/assistant'],
  },
  { name: 'cli', holds: 'the command line', at: ['server/src/cli/'], may: LOWER },
  {
    name: 'scorer',
    holds: 'the scoring program',
    at: ['server/src/scorer/'],
    may: ['core/base', 'core/model', 'core/reward', 'core/score', 'protocol', 'node/process'],
  },
  {
    name: 'client',
    holds: 'the extension in VS Code',
    at: ['client/src/'],
    may: ['core/base', 'core/channel', 'core/assistant', 'protocol'],
  },
  {
    name: 'media/model',
    holds: 'state of a page',
    at: ['media/src/model/'],
    may: ['core/base', 'core/channel', 'core/drawing', 'protocol'],
  },
  {
    name: 'media/rich',
    holds: 'Markdown, code and formulas as trees; each library in a file that is loaded when needed',
    at: ['media/src/rich/'],
    may: ['media/model'],
  },
  {
    name: 'media/view',
    holds: 'elements of a page',
    at: ['media/src/view/'],
    may: ['core/base', 'core/channel', 'core/drawing', 'protocol', 'media/model', 'media/rich'],
  },
  {
    name: 'media',
    holds: 'the pages',
    at: ['media/src/'],
    may: ['core/base', 'core/channel', 'protocol', 'media/model', 'media/view'],
  },
];

const PLACES = ROOMS.flatMap((room) => room.at.map((at) => ({ at, room }))).sort(
  (a, b) => b.at.length - a.at.length,
);

/** The room of a file, by its path from the root. */
export function roomOf(path) {
  return PLACES.find(({ at }) => (at.endsWith('/') ? path.startsWith(at) : path === at))?.room;
}

/** The path from the root of an imported file; undefined for packages. */
export function resolveImport(file, from) {
  if (from.startsWith('#')) return `server/src/${from.slice(1)}`;
  return from.startsWith('.') ? posix.join(posix.dirname(file), from) : undefined;
}

/** Every import of a file, with its node: `import`, `export from`, `import()` and `import('…').Type`. */
const importVisitor = (visit) => ({
  ImportDeclaration: ({ source, importKind }) => {
    visit(source, importKind === 'type');
  },
  'ExportAllDeclaration, ExportNamedDeclaration': ({ source, exportKind }) => {
    if (source) visit(source, exportKind === 'type');
  },
  ImportExpression: ({ source }) => {
    visit(source, false, true);
  },
  TSImportType: ({ source }) => {
    visit(source, true, true);
  },
});

const pathOf = ({ filename, cwd }) =>
  posix.relative(cwd.replaceAll('\\', '/'), filename.replaceAll('\\', '/'));

const rooms = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = pathOf(context);
    const own = roomOf(file);
    return importVisitor((node) => {
      const target = typeof node.value === 'string' ? resolveImport(file, node.value) : undefined;
      const other = target && roomOf(target);
      if (!own || !other || own === other || own.may.includes(other.name)) return;
      context.report({
        node,
        message: `${own.name} may not import ${other.name}: see test/layers/rooms.mjs.`,
      });
    });
  },
};

/** Files that may import a path built at run time, and why. */
export const MADE_PATHS = {
  'server/src/cli/program.ts':
    '`preflens lsp` and `preflens mcp` start the bundles of their servers, which lie beside it',
};

/** What `no-restricted-imports` does not cover: `import()`, and `import('…')` in a type. */
const importCalls = {
  meta: { type: 'problem', schema: [{ type: 'array' }] },
  create(context) {
    const [patterns] = context.options;
    return importVisitor((node, isType, isCall) => {
      if (!isCall) return;
      if (typeof node.value !== 'string') {
        if (!(pathOf(context) in MADE_PATHS)) context.report({ node, message: 'Import a literal path.' });
        return;
      }
      const refused = patterns.find(
        ({ regex, allowTypeImports }) =>
          !(isType && allowTypeImports) && new RegExp(regex, 'u').test(node.value),
      );
      if (refused) context.report({ node, message: refused.message });
    });
  },
};

export const layersPlugin = { rules: { rooms, 'import-calls': importCalls } };

export const roomRules = {
  files: ['server/src/**/*.ts', 'client/src/**/*.ts', 'media/src/**/*.ts'],
  plugins: { layers: layersPlugin },
  rules: { 'layers/rooms': 'error' },
};
