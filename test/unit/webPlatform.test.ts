// The parts of Node that the server for browsers brings along, against Node's own.
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';

import { setHome } from '../../server/src/web/home.ts';
import * as hashes from '../../server/src/web/platform/crypto.ts';
import { fileURLToPath, pathToFileURL } from '../../server/src/web/platform/url.ts';
import { createGunzip, createGzip, gunzipSync as gunzipWhole } from '../../server/src/web/platform/zlib.ts';
import { encode } from '../fakes/records.ts';

const random = seededRandom(7);
const STEP = 65_536;

const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => Math.floor(random() * 256));

/** Bytes whose gzip is exactly as long as a step, so that a member ends where a step does. */
function ofOneStep(): Uint8Array {
  for (let length = STEP - 200; ; length++) {
    const bytes = noise(length);
    const found = gzipSync(bytes).length;
    if (found === STEP) return bytes;
    if (found > STEP) throw new Error('no such length');
  }
}

async function through(transform: ReturnType<typeof createGunzip>, bytes: Uint8Array, cut: number) {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += cut) yield await Promise.resolve(bytes.subarray(at, at + cut));
  }
  const parts: Uint8Array[] = [];
  for await (const part of transform.over(chunks())) parts.push(part.slice());
  return Buffer.concat(parts);
}

describe('gzip', () => {
  const step = ofOneStep();
  const texts = [new Uint8Array(0), encode('a'), step, noise(300_000), encode('pair '.repeat(500_000))];

  it('reads what Node writes, and Node reads what it writes', async () => {
    for (const text of texts) {
      for (const cut of [977, STEP, 1 << 20])
        expect((await through(createGunzip(), gzipSync(text), cut)).equals(text)).toBe(true);
      expect(gunzipSync(await through(createGzip(), text, STEP)).equals(text)).toBe(true);
      expect(Buffer.from(gunzipWhole(gzipSync(text))).equals(text)).toBe(true);
    }
  });

  it('reads members one after the other, wherever they end, and passes over what follows the last one', async () => {
    const members = [step, encode('one'), step, encode('two')];
    const compressed = Buffer.concat(members.map((one) => gzipSync(one)));
    const whole = Buffer.concat(members);
    for (const cut of [STEP, 1 << 20, 4099]) {
      expect((await through(createGunzip(), compressed, cut)).equals(whole)).toBe(true);
      const padded = Buffer.concat([compressed, new Uint8Array(3000)]);
      expect((await through(createGunzip(), padded, cut)).equals(whole)).toBe(true);
    }
  });

  it('refuses what is cut off or damaged', async () => {
    const compressed = gzipSync(noise(200_000));
    for (const end of [5, 1000, compressed.length - 9, compressed.length - 1])
      await expect(through(createGunzip(), compressed.subarray(0, end), STEP)).rejects.toMatchObject({
        code: 'Z_BUF_ERROR',
      });
    const damaged = Buffer.from(compressed);
    damaged[damaged.length - 6]! ^= 1;
    await expect(through(createGunzip(), damaged, STEP)).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
    expect(() => gunzipWhole(damaged)).toThrow();
    expect(() => gunzipWhole(gzipSync(noise(1000)), { maxOutputLength: 999 })).toThrow(RangeError);
  });
});

it('hashes as Node does, in parts', () => {
  for (const length of [0, 1, 63, 64, 65, 10_000]) {
    const bytes = noise(length);
    const [ours, nodes] = [hashes.createHash('sha256'), createHash('sha256')];
    for (const half of [bytes.subarray(0, length / 2), bytes.subarray(length / 2)]) {
      ours.update(half);
      nodes.update(half);
    }
    expect(ours.digest('hex')).toBe(nodes.digest('hex'));
  }
  expect(() => hashes.createHash('md5')).toThrow('no md5 in a browser');
});

it.each([
  ['file://', ''],
  ['memfs:', ''],
  ['vscode-vfs://github', 'github'],
])('takes paths to uris of %s and back', (prefix, authority) => {
  setHome({ prefix, authority, folders: [], elsewhere: '/.elsewhere' });
  for (const path of ['/a', '/a b/ü%41#?/c:d+e.jsonl', "/it's (1)*.json", '/日本/偏好.parquet']) {
    const uri = pathToFileURL(path).toString();
    expect(uri).toMatch(/^[a-z-]+:[\w/.~%-]*$/);
    expect(fileURLToPath(uri)).toBe(path);
  }
  expect(() => fileURLToPath('https://elsewhere/a')).toThrow('is not in the workspace');
});
