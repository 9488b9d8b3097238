import { spawn } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';

import { checkFraming } from '../../server/src/lsp/framing.ts';
import { CLI } from '../process/run.ts';
import { report, rounds } from './attack.ts';

/** Sends bytes to a server after it has answered a first request; returns how it ended. */
async function exitOf(bytes: string): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], { stdio: 'pipe' });
  let [out, err, isSent] = ['', '', false];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (isSent || !out.includes('"capabilities"')) return;
    isSent = true;
    child.stdin.write(bytes);
  });
  const params = { processId: null, rootUri: null, capabilities: {} };
  const first = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  child.stdin.write(`Content-Length: ${first.length}\r\n\r\n${first}`);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, err };
}

describe('35: a language server that receives a wrong Content-Length', () => {
  it.each([
    ['a negative one', 'Content-Length: -5\r\n\r\n{}', /no number of bytes: "-5"/],
    ['one that is no number', 'Content-Length: 12abc\r\n\r\n{}', /no number of bytes: "12abc"/],
    [
      'an over-large one',
      'Content-Length: 99999999999\r\n\r\n{}',
      /99999999999 bytes is announced, and 536870912 is the most/,
    ],
    ['none', 'Content-Type: x\r\n\r\n{}', /needs one Content-Length/],
    ['two', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}', /needs one Content-Length/],
    ['a header without an end', 'x'.repeat(20_000), /a header of more than 8192 bytes/],
  ])('35: exits on %s, and says why', async (_, bytes, words) => {
    const { code, err } = await exitOf(bytes);
    expect(code).toBe(1);
    expect(err).toMatch(words);
    expect(err).toContain('The server stops; start it again.');
  });

  it('35: passes correct messages unchanged, however the stream is chunked', () => {
    const random = seededRandom(35);
    const tries = rounds({ small: 500, large: 50_000 });
    for (let i = 0; i < tries; i++) {
      const bodies = Array.from({ length: 1 + Math.floor(5 * random()) }, () =>
        'é{'.repeat(Math.floor(200 * random())),
      );
      const text = bodies
        .map(
          (body, n) =>
            `${n % 2 === 1 ? 'Content-Type: x; charset=utf-8\r\n' : ''}content-length:${Buffer.byteLength(body)}\r\n\r\n${body}`,
        )
        .join('');
      const stream = checkFraming((reason) => {
        throw new Error(reason);
      });
      const seen: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => seen.push(chunk));
      const all = Buffer.from(text);
      for (let at = 0; at < all.length;) {
        const end = Math.min(all.length, at + 1 + Math.floor(100 * random()));
        stream.write(all.subarray(at, end));
        at = end;
      }
      while (stream.readableLength > 0) seen.push(stream.read() as Buffer);
      expect(Buffer.concat(seen).equals(all)).toBe(true);
    }
    report('35 framing', { streams: tries });
  });
});
