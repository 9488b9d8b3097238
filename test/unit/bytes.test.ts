// Byte functions without Buffer, compared with Buffer.
import { expect, it } from 'vitest';

import { concat } from '#core/concat.ts';
import { compareBytes, fromBase64, toBase64 } from '#formats/bytes.ts';

const random = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 13) & 0xff);

const SAMPLES = [0, 1, 2, 3, 4, 5, 57, 256, 4099].map((length, i) => random(length, 7 * i));

it.each(SAMPLES)('base64 of sample %#', (...bytes) => {
  const sample = Uint8Array.from(bytes);
  const text = Buffer.from(sample).toString('base64');
  expect(toBase64(sample)).toBe(text);
  expect(fromBase64(text)).toEqual(sample);
});

it.each(['YQ', 'YQ=', 'Y Q\n= =', 'YQ==YQ==', '-_8', '+/8=', 'Y', 'é€YWJj', ''])(
  'base64 in common spellings: %j',
  (text) => {
    expect(fromBase64(text)).toEqual(new Uint8Array(Buffer.from(text, 'base64')));
  },
);

it('bytes are joined and compared', () => {
  expect(concat(SAMPLES)).toEqual(new Uint8Array(Buffer.concat(SAMPLES)));
  for (const a of SAMPLES)
    for (const b of SAMPLES) expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
});
