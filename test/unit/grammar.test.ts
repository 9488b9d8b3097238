import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { expect, it } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

const ROOT = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);

/** Keys as in VS Code's own JSON grammar. */
const JSON_LINES = {
  scopeName: 'source.json.lines',
  patterns: [
    { match: '"(?:[^"\\\\]|\\\\.)*"(?=\\s*:)', name: 'support.type.property-name.json.lines' },
    { match: '"(?:[^"\\\\]|\\\\.)*"', name: 'string.quoted.double.json.lines' },
  ],
  repository: {},
};

async function scopesOf(line: string): Promise<Map<string, string>> {
  await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
  const path = join(ROOT, 'syntaxes', 'preference.injection.json');
  const injection = textmate.parseRawGrammar(readFileSync(path, 'utf8'), path);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) =>
      Promise.resolve(
        scope === 'source.json.lines'
          ? (JSON_LINES as never)
          : scope === 'preflens.injection'
            ? injection
            : null,
      ),
    getInjections: (scope) => (scope === 'source.json.lines' ? ['preflens.injection'] : undefined),
  });
  const grammar = await registry.loadGrammar('source.json.lines');
  const { tokens } = grammar!.tokenizeLine(line, textmate.INITIAL);
  return new Map(
    tokens.map(({ startIndex, endIndex, scopes }) => [line.slice(startIndex, endIndex), scopes.at(-1)!]),
  );
}

it('colours keys of prompt and sides, and nothing inside values', async () => {
  const scopes = await scopesOf(
    '{"prompt":"chosen", "chosen" :"\\"rejected\\": x","score_chosen":1,"rejected":"y","chosen-model":"m","id":"prompt"}',
  );
  expect(scopes.get('"prompt"')).toMatch(/string|preflens\.prompt/);
  expect(scopes.get('"chosen"')).toMatch(/preflens\.chosen|string/);
  expect(scopes.get('"score_chosen"')).toBe('markup.inserted.preflens.chosen');
  expect(scopes.get('"chosen-model"')).toBe('markup.inserted.preflens.chosen');
  expect(scopes.get('"rejected"')).toBe('markup.deleted.preflens.rejected');
  expect(scopes.get('"id"')).toBe('support.type.property-name.json.lines');
  expect(scopes.get('"\\"rejected\\": x"')).toBe('string.quoted.double.json.lines');
});
