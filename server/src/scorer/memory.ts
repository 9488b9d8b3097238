// A thread that watches this process's memory: a running model blocks our other threads.
import { writeSync } from 'node:fs';
import { Worker, workerData } from 'node:worker_threads';

const EVERY_MS = 50;

/** Starts the watch if the parent set a limit. `program` is the file of this bundle. */
export function watchOverMemory(program: string): void {
  const maxMb = Number(process.env['PREFLENS_MEMORY_MB'] ?? 0);
  if (maxMb <= 0) return;
  new Worker(program, { workerData: maxMb, stdin: false }).unref();
}

/** Runs in the watching thread: exits the process at once if it exceeds the limit. */
export function watchMemory(): void {
  const maxMb = Number(workerData);
  setInterval(() => {
    const mb = process.memoryUsage.rss() / 2 ** 20;
    if (mb <= maxMb) return;
    writeSync(2, `It used ${Math.round(mb)} MB; the limit is ${maxMb} MB.\n`);
    process.kill(process.pid, 'SIGKILL');
  }, EVERY_MS);
}
