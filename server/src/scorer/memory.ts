// A thread that watches how much memory this process holds: a model that runs blocks every other thread of ours.
import { writeSync } from 'node:fs';
import { Worker, workerData } from 'node:worker_threads';

const EVERY_MS = 50;

/** Starts the watch, where the starter of this process set a limit. `program` is the file of this bundle. */
export function watchOverMemory(program: string): void {
  const maxMb = Number(process.env['PREFLENS_MEMORY_MB'] ?? 0);
  if (maxMb <= 0) return;
  new Worker(program, { workerData: maxMb, stdin: false }).unref();
}

/** The watching thread: ends the process at once when it holds more than it may. */
export function watchMemory(): void {
  const maxMb = Number(workerData);
  setInterval(() => {
    const mb = process.memoryUsage.rss() / 2 ** 20;
    if (mb <= maxMb) return;
    writeSync(2, `It held ${Math.round(mb)} MB, and ${maxMb} MB is the limit.\n`);
    process.kill(process.pid, 'SIGKILL');
  }, EVERY_MS);
}
