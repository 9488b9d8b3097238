// Parses every line of a file on two threads, and nothing else: what the benchmarks compare a pass over records with.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const LF = 0x0a;

/** @param {{ path: string, half: number }} work */
function parseHalf({ path, half }) {
  const file = openSync(path);
  const { size } = fstatSync(file);
  const middle = Math.floor(size / 2);
  const block = Buffer.alloc(1 << 20);
  let left = Buffer.alloc(0);
  // A line belongs to the half in which it begins: the second half skips the line that is cut.
  let isInside = half === 0;
  for (let at = half === 0 ? 0 : middle - 1; at < size;) {
    const read = readSync(file, block, 0, block.length, at);
    let from = 0;
    for (let end = block.indexOf(LF); end >= 0 && end < read; end = block.indexOf(LF, from)) {
      const line = Buffer.concat([left, block.subarray(from, end)]);
      left = Buffer.alloc(0);
      if (isInside && line.length > 0) JSON.parse(line.toString());
      isInside = true;
      from = end + 1;
      if (half === 0 && at + from >= middle) return closeSync(file);
    }
    left = Buffer.concat([left, block.subarray(from, read)]);
    at += read;
  }
  if (isInside && left.length > 0) JSON.parse(left.toString());
  return closeSync(file);
}

if (isMainThread) {
  const [, , path = ''] = process.argv;
  for (const half of [0, 1]) new Worker(new URL(import.meta.url), { workerData: { path, half } });
} else parseHalf(workerData);
