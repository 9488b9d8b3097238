// Which layer may import what. Each row is an allow-list: everything else is refused.
// `test/layers/layers.test.ts` writes forbidden imports and expects each to be refused.
import { layersPlugin, roomRules } from './rooms.mjs';
import { oneWayToWrite } from './writes.mjs';

/** Turns an allow-list of regular expressions into one that matches everything else. */
const allButThese = (allowed) => `^(?!${allowed.map((pattern) => `(?:${pattern})`).join('|')})`;

const OWN_FOLDERS = 'core|protocol|formats|node|scorer|session|lsp|mcp|cli|client|media|server|web';

/** A relative path that stays in its layer: it never names another layer. */
const INSIDE = `\\.{1,2}/(?!(?:.*/)?(?:${OWN_FOLDERS})/).*`;

/**
 * @param files globs of the layer
 * @param allowed what it may import, types and values alike
 * @param typesOnly what it may import as types alone
 */
const layer = (files, allowed, typesOnly = []) => {
  const patterns = [
    {
      regex: allButThese([INSIDE, ...allowed, ...typesOnly]),
      message: 'Not allowed in this layer: see ARCHITECTURE.md.',
    },
    ...typesOnly.map((regex) => ({
      regex: `^${regex}`,
      allowTypeImports: true,
      message: 'Types alone may be imported here.',
    })),
  ];
  return {
    files,
    plugins: { layers: layersPlugin },
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
      'layers/import-calls': ['error', patterns],
    },
  };
};

const PAGES = ['media/src/**/*.ts', 'media/src/**/*.tsx'];

const STREAMS = 'Standard output and standard error have one way in: server/src/cli/printer.ts.';
const MESSAGES = 'Messages, questions and lines of the log have one way out: server/src/lsp/show.ts.';
const NOTIFICATIONS = 'Messages have one way out: client/src/say.ts.';
const MARKUP = 'Texts of a dataset are never parsed as markup.';
const TRUSTED = 'Only what holds no text of a file is trusted: client/src/views/statusItem.ts.';

const property = (message, object) => (name) => ({ ...(object && { object }), property: name, message });

const STREAM_PROPERTIES = [
  ...['stdout', 'stderr'].map(property(STREAMS, 'process')),
  property(STREAMS, 'globalThis')('console'),
];

/** Properties that few files may use. */
const restricted = (files, ignores, properties, more = {}) => ({
  files,
  ignores,
  rules: { 'no-restricted-properties': ['error', ...properties], ...more },
});

const PRIVATE_FIELD = {
  selector: 'PropertyDefinition[accessibility="private"]',
  message: 'Use a #private field.',
};

/** Users' files are read through one module, which opens only regular files. */
const oneWayIn = {
  files: ['server/src/**/*.ts'],
  ignores: [
    'server/src/node/regularFile.ts',
    // Files that we wrote, in our own folder.
    'server/src/node/models/scoreCache.ts',
    // Opens a folder, to sync it.
    'server/src/node/write.ts',
    // System files.
    'server/src/node/owner.ts',
    // The scoring process reads the files of the opened model folder.
    'server/src/scorer/model.ts',
    'server/src/scorer/templateLoop.ts',
    // Files in memory, which are what `regularFile.ts` opens in a browser.
    'server/src/web/platform/**',
  ],
  rules: {
    'no-restricted-syntax': [
      'error',
      PRIVATE_FIELD,
      ...[
        'CallExpression[callee.name=/^(readFile|readFileSync|createReadStream)$/]',
        'CallExpression[callee.name=/^(open|openSync)$/][arguments.length=1]',
        'CallExpression[callee.name=/^(open|openSync)$/][arguments.1.value="r"]',
        'ImportDeclaration[source.value=/^(node:)?fs(.promises)?$/] > ImportNamespaceSpecifier',
        'ImportDeclaration[source.value=/^(node:)?fs(.promises)?$/] > ImportDefaultSpecifier',
      ].map((selector) => ({ selector, message: 'Files are read through server/src/node/regularFile.ts.' })),
    ],
  },
};

/** Text from files reaches users through a few modules, which escape it. */
const oneWayOut = [
  restricted(
    ['server/src/**/*.ts'],
    // The language server speaks its protocol over standard output.
    ['server/src/cli/printer.ts', 'server/src/cli/main.ts', 'server/src/lsp/**'],
    STREAM_PROPERTIES,
    {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:process', 'process', 'node:console', 'console'].map((name) => ({
            name,
            message: STREAMS,
          })),
        },
      ],
      'no-console': 'error',
    },
  ),
  restricted(
    ['server/src/lsp/**/*.ts'],
    ['server/src/lsp/program.ts', 'server/src/lsp/show.ts'],
    [
      ...STREAM_PROPERTIES,
      ...['console', 'showErrorMessage', 'showWarningMessage', 'showInformationMessage'].map(
        property(MESSAGES),
      ),
    ],
  ),
  restricted(
    ['client/src/**/*.ts'],
    ['client/src/say.ts'],
    ['showErrorMessage', 'showWarningMessage', 'showInformationMessage'].map(property(NOTIFICATIONS)),
    {
      'no-restricted-syntax': [
        'error',
        PRIVATE_FIELD,
        {
          selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(isTrusted|supportHtml)$/]',
          message: TRUSTED,
        },
      ],
    },
  ),
  { files: ['client/src/views/statusItem.ts'], rules: { 'no-restricted-syntax': 'off' } },
  restricted(
    PAGES,
    [],
    ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'parseFromString'].map(
      property(MARKUP),
    ),
    {
      'no-restricted-syntax': [
        'error',
        PRIVATE_FIELD,
        ...['JSXAttribute > JSXIdentifier.name', 'Property > Identifier.key'].map((name) => ({
          selector: `${name}[name="dangerouslySetInnerHTML"]`,
          message: MARKUP,
        })),
      ],
    },
  ),
];

const NO_NODE = 'Formats run without Node: see server/src/formats/bytes.ts.';

/** Names that only Node has. Arrow's types bring in Node's, so the compiler accepts them in formats. */
const noNodeGlobals = {
  files: ['server/src/formats/**/*.ts'],
  rules: {
    'no-restricted-globals': [
      'error',
      ...['Buffer', 'process', 'global', 'require', 'setImmediate', '__dirname', '__filename'].map(
        (name) => ({
          name,
          message: NO_NODE,
        }),
      ),
    ],
    '@typescript-eslint/no-restricted-types': ['error', { types: { Buffer: NO_NODE } }],
  },
};

export const layerRules = [
  ...oneWayOut,
  oneWayIn,
  oneWayToWrite,
  roomRules,
  noNodeGlobals,
  layer(['server/src/protocol/**/*.ts'], [], ['#core/']),
  layer(['server/src/core/**/*.ts'], ['fast-myers-diff$', 'strip-json-comments$', 'd3-array$']),
  layer(['server/src/formats/**/*.ts'], ['#core/', 'apache-arrow$']),
  layer(
    ['server/src/node/**/*.ts'],
    ['#core/', '#protocol/', '#formats/', 'node:', 'vscode-jsonrpc/node$', 'fzstd$', 'ajv$', 'yaml$'],
  ),
  layer(['server/src/node/containers/csv*.ts'], ['#core/', '#formats/', 'node:fs$']),
  layer(['server/src/node/parquet/codecs.ts'], ['#formats/parquet/', 'node:zlib$', 'fzstd$', 'hysnappy$']),
  layer(
    ['server/src/scorer/**/*.ts'],
    [
      '#core/(?:model|reward|score)/',
      '#core/lanes\\.ts$',
      '#core/words/errorMessage\\.ts$',
      '#protocol/',
      '#node/rpc\\.ts$',
      '#node/scoring/fitHandlers\\.ts$',
      'node:',
      'vscode-jsonrpc/node$',
      '@huggingface/jinja$',
      '@huggingface/tokenizers$',
    ],
  ),
  layer(['server/src/scorer/runtime.ts'], ['#core/reward/', 'onnxruntime-node$']),
  layer(
    ['server/src/session/**/*.ts'],
    ['#core/', '#protocol/', '#formats/', '#node/', '#session/', 'node:'],
  ),
  layer(
    ['server/src/lsp/**/*.ts'],
    ['#core/', '#protocol/', '#formats/', '#node/', '#session/', 'node:', 'vscode-languageserver/node$'],
  ),
  layer(
    ['server/src/web/**/*.ts'],
    [
      ...['#core/', '#protocol/', '#node/', '#session/', '\\.\\./lsp/', 'vscode-languageserver/browser$'],
      ...['@noble/hashes/', 'buffer$', 'fast-deep-equal/', 'pako$', 'path-browserify$'],
    ],
  ),
  layer(
    ['server/src/mcp/**/*.ts'],
    ['#core/', '#protocol/', '#formats/', '#node/', '#session/', 'node:', '@modelcontextprotocol/sdk/'],
  ),
  layer(['server/src/cli/**/*.ts'], ['#core/', '#protocol/', '#formats/', '#node/', 'node:', 'commander$']),
  layer(
    ['client/src/**/*.ts'],
    [
      ...['#core/assistant/', '#core/channel/', '#core/escape/', '#core/words/'],
      ...['vscode$', 'vscode-languageclient/node$', 'node:'],
    ],
    ['#protocol/', 'vscode-languageclient$'],
  ),
  layer(
    ['client/src/web/**/*.ts'],
    ['#core/words/', 'vscode$', 'vscode-languageclient/browser$'],
    ['#protocol/'],
  ),
  layer(
    PAGES,
    ['#core/channel/', '#core/compare/', '#core/drawing/', '#core/words/', 'preact$', 'preact/hooks$'],
    ['#protocol/'],
  ),
  layer(['media/src/rich/**/*.ts'], ['markdown-it$', 'katex$', 'highlight\\.js/lib/common$']),
  layer(['media/src/model/**/*.ts'], ['#core/drawing/', '#core/words/'], ['#protocol/']),
];
