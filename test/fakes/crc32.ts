// The checksum of PNG and gzip; Node's own is younger than its types here.
import * as zlib from 'node:zlib';

export const crc32 = (zlib as unknown as { readonly crc32: (bytes: Uint8Array) => number }).crc32;
