import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, describe, expect, it } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import type { Scorer } from '#node/scoring/process.ts';
import { startScorer } from '#node/scoring/process.ts';

import { generatePairs } from '../bench/generate.ts';
import { PlainClient } from '../fakes/client.ts';
import { childrenOf, CLI, isAlive, ROOT, SAMPLE, SCORER } from './run.ts';

const started: (() => void)[] = [];
afterEach(() => {
  for (const end of started.splice(0)) end();
});

function stdioClient(): { client: PlainClient; pid: number } {
  const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(() => child.kill());
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  return { client: new PlainClient(connection), pid: child.pid! };
}

describe('preflens lsp --stdio', () => {
  it('serves a third-party editor: diagnostics, hover, actions, lenses', async () => {
    const { client } = stdioClient();
    const folder = mkdtempSync(join(tmpdir(), 'preflens-lsp-'));
    const path = join(folder, 'support.jsonl');
    const text = readFileSync(SAMPLE, 'utf8');
    writeFileSync(path, text);
    const uri = pathToFileURL(path).href;
    await client.initialize({ status: false, settings: { codeLens: 'all' } });
    client.open(uri, text);
    const found = await client.diagnostics(uri, (list) =>
      list.some(({ code }) => code === 'likely-mislabeled'),
    );
    // Delete the file while it is open: the text in the editor counts.
    rmSync(folder, { recursive: true });
    const line = found.find(({ code }) => code === 'likely-mislabeled')!.range.start.line;
    expect(await client.hover(uri, line)).toContain('Margin −');
    const [flip] = await client.codeActions(uri, line);
    client.apply(flip!.edit!);
    await client.diagnostics(
      uri,
      (list) => !list.some(({ code, range }) => code === 'likely-mislabeled' && range.start.line === line),
    );
    expect(client.statuses).toEqual([]);
    const lenses = await client.codeLenses(uri);
    expect(lenses.filter(({ command }) => command!.title === 'Flip').length).toBe(596);
  });

  it.runIf(process.platform === 'linux')(
    '(on Linux) answers hovers while it scores, restarts a killed scorer, and ends it on shutdown',
    async () => {
      const { client, pid } = stdioClient();
      const uri = 'file:///large.jsonl';
      await client.initialize();
      client.open(uri, [...generatePairs(4000, 8, 80)].join(''));
      await client.until('scoring', () => client.statuses.find(({ phase }) => phase === 'scoring'));
      const scorer = await client.until('the process', () => childrenOf(pid)[0]);
      expect(await client.hover(uri, 10)).toContain('Not scored yet');
      await new Promise((resolve) => setTimeout(resolve, 300));
      process.kill(scorer, 'SIGKILL');
      await client.until('the restart', () => client.log.find((text) => text.includes('signal SIGKILL')));
      await client.until('scores', () => client.log.find((text) => text.startsWith('4,000 pairs scored')));
      expect(await client.hover(uri, 10)).toMatch(/Margin [+−]/);
      await client.execute('preflens.cancelScoring', uri);
      await client.until(
        'the end',
        () =>
          client.log.find((text) => text.includes('stopped within')) ??
          client.statuses.find(({ phase }) => phase === 'scored'),
      );
      await client.until('no process', () => (childrenOf(pid).length === 0 ? true : undefined));
    },
  );
});

describe('the scoring process', () => {
  async function start(): Promise<Scorer> {
    const scorer = await startScorer(SCORER);
    started.push(() => {
      scorer.kill();
    });
    return scorer;
  }

  it('keeps typed arrays over the wire, and exits on request', async () => {
    const scorer = await start();
    const pairs = [...generatePairs(200, 4, 30)].map(
      (line) => JSON.parse(line) as { prompt: string; chosen: string; rejected: string },
    );
    await scorer.requests.call('add', { pairs });
    await scorer.requests.call('plan', { seed: 1, grouping: { by: 'best' } });
    const fit = await scorer.requests.call('fit', { part: 0 });
    expect(fit.full.places).toBeInstanceOf(Float32Array);
    scorer.kill();
    await expect(scorer.gone).rejects.toThrow('signal SIGKILL');
    expect(isAlive(scorer.pid)).toBe(false);
  });

  it('stops a cancelled fit between two slices, and can continue', async () => {
    const scorer = await start();
    const pairs = [...generatePairs(8000, 4, 60)].map(
      (line) => JSON.parse(line) as { prompt: string; chosen: string; rejected: string },
    );
    await scorer.requests.call('add', { pairs });
    await scorer.requests.call('plan', { seed: 1, grouping: { by: 'best' } });
    const controller = new AbortController();
    const fit = scorer.requests.call('fit', { part: 0 }, controller.signal);
    scorer.listen('progress', () => {
      controller.abort();
    });
    await expect(fit).rejects.toThrow();
    expect((await scorer.requests.call('fit', { part: 1 })).full.places.length).toBeGreaterThan(0);
  });

  it('is refused when it speaks another version', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'preflens-old-'));
    const old = join(folder, 'old.cjs');
    writeFileSync(
      old,
      "process.on('message', ({ id }) => process.send({ jsonrpc: '2.0', id, result: { version: 99, pid: process.pid } }));",
    );
    await expect(startScorer(old)).rejects.toThrow(/speaks protocol 99, this server \d+: reinstall PrefLens/);
    rmSync(folder, { recursive: true });
  });

  it('reports why it cannot be started', async () => {
    await expect(startScorer(join(ROOT, 'dist', 'nothing.js'))).rejects.toThrow(
      /ended \(exit code 1\).*Cannot find module/s,
    );
  });
});

describe('the installation', () => {
  it('has the inference runtime although its download script never ran', () => {
    const require = createRequire(join(ROOT, 'package.json'));
    const home = join(require.resolve('onnxruntime-node'), '..', '..');
    const runtime = require('onnxruntime-node') as { listSupportedBackends(): { name: string }[] };
    expect(runtime.listSupportedBackends().map(({ name }) => name)).toContain('cpu');
    const cuda = join(
      home,
      'bin',
      'napi-v6',
      process.platform,
      process.arch,
      'libonnxruntime_providers_cuda.so',
    );
    expect(existsSync(cuda)).toBe(false);
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      allowScripts: Record<string, boolean>;
    };
    expect(manifest.allowScripts['onnxruntime-node']).toBe(false);
  });
});
