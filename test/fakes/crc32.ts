// The checksum of PNG and gzip; the installed Node types don't have it yet.
import * as zlib from 'node:zlib';

export const crc32 = (zlib as unknown as { readonly crc32: (bytes: Uint8Array) => number }).crc32;
