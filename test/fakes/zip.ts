// Reads the archives that we make: no ZIP64, no encryption.
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  /** Of the file, in bytes. */
  readonly size: number;
  /** Permissions, as `chmod` writes them. */
  readonly mode: string;
  /** Seconds are even. */
  readonly time: string;
  readonly read: () => Buffer;
}

const END = 0x06054b50;
const two = (value: number): string => String(value).padStart(2, '0');

function timeOf(date: number, time: number): string {
  const day = [1980 + (date >> 9), (date >> 5) & 15, date & 31].map(two).join('-');
  return `${day} ${[time >> 11, (time >> 5) & 63].map(two).join(':')}`;
}

/** The entries of an archive by its central directory, in its order. */
export function readZip(path: string): readonly ZipEntry[] {
  const bytes = readFileSync(path);
  let end = bytes.length - 22;
  while (bytes.readUInt32LE(end) !== END) end--;
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const compressed = bytes.readUInt32LE(at + 20);
    const isStored = bytes.readUInt16LE(at + 10) === 0;
    const local = bytes.readUInt32LE(at + 42);
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength!),
      size: bytes.readUInt32LE(at + 24),
      mode: ((bytes.readUInt32LE(at + 38) >>> 16) & 0o777).toString(8),
      time: timeOf(bytes.readUInt16LE(at + 14), bytes.readUInt16LE(at + 12)),
      read: () => {
        const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
        const content = bytes.subarray(start, start + compressed);
        return isStored ? content : inflateRawSync(content);
      },
    });
    at += 46 + nameLength! + extra! + comment!;
  }
  return entries;
}
