import * as zlib from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { decompressZstdInJs } from '#node/codec.ts';

import { report, rounds } from './attack.ts';

interface Frame {
  /** Base-2 logarithm of the window size. */
  readonly windowLog: number;
  readonly blocks: number;
  readonly blockBytes: number;
}

/** A frame of blocks that repeat one letter: four bytes per block. */
function frame({ windowLog, blocks, blockBytes }: Frame): Buffer {
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3])];
  for (let i = 0; i < blocks; i++) {
    const head = (blockBytes << 3) | 2 | Number(i === blocks - 1);
    parts.push(Buffer.from([head & 255, (head >> 8) & 255, (head >> 16) & 255, 0x61]));
  }
  return Buffer.concat(parts);
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function decompressedSize(bytes: Uint8Array, size = 1 << 20): Promise<number> {
  let count = 0;
  for await (const chunk of decompressZstdInJs('data.jsonl.zst', cut(bytes, size))) count += chunk.length;
  return count;
}

describe('30: a .zst file that expands enormously, where Node has no zstd', () => {
  it('30: is never in memory at once', async () => {
    const blocks = rounds({ small: 4_000, large: 64_000 });
    const bomb = frame({ windowLog: 17, blocks, blockBytes: 131_072 });
    const held = (): number => process.memoryUsage().arrayBuffers;
    const before = held();
    let [max, bytes] = [0, 0];
    for await (const chunk of decompressZstdInJs('data.jsonl.zst', cut(bomb, 1 << 20))) {
      bytes += chunk.length;
      expect(chunk.length).toBeLessThanOrEqual(131_072);
      if (bytes === chunk.length) max = held() - before;
    }
    expect(bytes).toBe(blocks * 131_072);
    // When the first chunk arrives, nothing more is decompressed.
    expect(max).toBeLessThan(16 * 2 ** 20);
    report('30 zstd', { 'compressed bytes': bomb.length, 'decompressed bytes': bytes });
  });

  it('30: is refused if zstd itself would refuse its window', async () => {
    const wide = frame({ windowLog: 31, blocks: 1, blockBytes: 10 });
    await expect(decompressedSize(wide)).rejects.toThrow(
      'the zstd data is damaged (it needs a window of 2048 MB; the limit is 128 MB)',
    );
    const single = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x70, 0x53, 0, 0, 0x61]);
    await expect(decompressedSize(single)).rejects.toThrow('it needs a window of 1792 MB');
    // Also if only the second frame has it.
    const fine = frame({ windowLog: 17, blocks: 3, blockBytes: 1000 });
    await expect(decompressedSize(Buffer.concat([fine, wide]))).rejects.toThrow(
      'it needs a window of 2048 MB',
    );
    expect(await decompressedSize(frame({ windowLog: 27, blocks: 2, blockBytes: 10 }))).toBe(20);
  });

  it('30: is read with very many frames, however it is chunked', async () => {
    const small = frame({ windowLog: 10, blocks: 1, blockBytes: 7 });
    const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frames = rounds({ small: 3_000, large: 100_000 });
    const all = Buffer.concat(Array.from({ length: frames }, (_, i) => (i % 5 === 4 ? skipped : small)));
    const held = frames - Math.floor(frames / 5);
    for (const size of [1, 7, 1 << 20]) expect(await decompressedSize(all, size)).toBe(7 * held);
  });

  it('30: is damaged if it has an impossible block', async () => {
    const large = frame({ windowLog: 20, blocks: 1, blockBytes: 2 ** 20 });
    await expect(decompressedSize(large)).rejects.toThrow('a block exceeds the maximum size');
    await expect(decompressedSize(Buffer.from('{"prompt":"not compressed at all"}'))).rejects.toThrow(
      'no frame begins here',
    );
  });

  const native = zlib as unknown as { zstdCompressSync?: (bytes: Uint8Array, options: object) => Buffer };
  it.skipIf(!native.zstdCompressSync)('30: gives what Node compressed, at every level', async () => {
    const text = Buffer.from(
      Array.from({ length: 20_000 }, (_, i) => `{"prompt":"${i * 7919}","x":${i % 13}}\n`).join(''),
    );
    for (const level of [1, 3, 9, 19]) {
      const params = { [(zlib.constants as Record<string, number>).ZSTD_c_compressionLevel!]: level };
      const compressed = native.zstdCompressSync!(text, { params });
      const parts: Buffer[] = [];
      for await (const chunk of decompressZstdInJs('x', cut(compressed, 1000)))
        parts.push(Buffer.from(chunk));
      expect(Buffer.concat(parts).equals(text)).toBe(true);
    }
  });
});
