// A lint rule: which files may write files. `test/layers/writes.test.ts` writes forbidden code and expects it
// to be refused.

const MESSAGE = 'Files are written by server/src/node/write.ts: whole, or not at all.';

/**
 * What every file may import from `node:fs` and `node:fs/promises`: reading, watching, making folders and
 * removing.
 */
const HARMLESS = new Set([
  ...['access', 'accessSync', 'close', 'closeSync', 'constants', 'createReadStream', 'exists', 'existsSync'],
  ...['fstat', 'fstatSync', 'lstat', 'lstatSync', 'mkdir', 'mkdirSync', 'mkdtemp', 'mkdtempSync'],
  ...['opendir', 'opendirSync', 'read', 'readSync', 'readFile', 'readFileSync', 'readdir', 'readdirSync'],
  ...['readlink', 'readlinkSync', 'realpath', 'realpathSync', 'rm', 'rmSync', 'rmdir', 'rmdirSync'],
  ...[
    'stat',
    'statSync',
    'unlink',
    'unlinkSync',
    'unwatchFile',
    'utimes',
    'utimesSync',
    'watch',
    'watchFile',
  ],
  // For reading: the rule checks the arguments.
  ...['open', 'openSync'],
]);

/** Which files may do more, and why. */
export const MAY_WRITE = {
  'server/src/node/write.ts': 'the one way',
  'server/src/node/save.ts': 'puts changed bytes into a copy that write.ts named and puts in its place',
  'server/src/node/copy.ts': 'makes that copy, where nothing stands',
  'server/src/node/lock.ts': 'creates a lock where nothing stands; it holds a name alone',
  'server/src/node/journal.ts':
    'a log that grows by lines, in a folder of the cache that is private to the user',
  'server/src/node/models/scoreCache.ts':
    'a log that grows by batches with sums, in a private folder of the cache',
  'server/src/node/regularFile.ts': 'opens to read, in a way that does not wait for pipes',
  'server/src/scorer/providerCheck.ts':
    'a model of a few bytes, in a folder that was made for it under a random name',
  'server/src/scorer/memory.ts': 'one line to standard error, when memory runs out',
  'server/src/lsp/program.ts': 'one line to standard error, before it ends',
  'client/src/web/files.ts':
    'the file system of the editor, for a server in a browser, which sends whole files',
  'server/src/mcp/main.ts': 'lines of the log to standard error',
};

const isFs = (node) => typeof node?.value === 'string' && /^(?:node:)?fs(?:\/promises)?$/.test(node.value);

/** `open(path)` and `open(path, 'r')` read; `openers` are its names in the file. */
const writes = ({ callee, arguments: [, flags] }, openers) =>
  openers.has(callee.name) && flags !== undefined && flags.value !== 'r';

/** `vscode.workspace.fs`, which writes in place. */
const isEditorFs = ({ callee: { object, property } }) =>
  object?.type === 'MemberExpression' &&
  object.property.name === 'fs' &&
  /^(?:writeFile|copy|rename)$/.test(property?.name ?? '');

const oneWay = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const openers = new Set();
    const refuse = (node) => {
      context.report({ node, message: MESSAGE });
    };
    return {
      ImportDeclaration({ source, importKind, specifiers }) {
        if (!isFs(source) || importKind === 'type') return;
        for (const one of specifiers) {
          const isNamed = one.type === 'ImportSpecifier';
          if (isNamed && /^open(?:Sync)?$/.test(one.imported.name)) openers.add(one.local.name);
          if (isNamed && (one.importKind === 'type' || HARMLESS.has(one.imported.name))) continue;
          refuse(one);
        }
      },
      'ImportExpression, ExportAllDeclaration, ExportNamedDeclaration'(node) {
        if (isFs(node.source)) refuse(node);
      },
      CallExpression(node) {
        const [first] = node.arguments;
        const isRequire = node.callee.name === 'require' || node.callee.property?.name === 'getBuiltinModule';
        if (writes(node, openers) || isEditorFs(node) || (isRequire && isFs(first))) refuse(node);
      },
    };
  },
};

export const oneWayToWrite = {
  files: ['server/src/**/*.ts', 'client/src/**/*.ts'],
  ignores: Object.keys(MAY_WRITE),
  plugins: { preflens: { rules: { 'one-way-to-write': oneWay } } },
  rules: { 'preflens/one-way-to-write': 'error' },
};
