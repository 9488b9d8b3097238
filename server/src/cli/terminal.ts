import { terminalLine } from '#core/escape/escape.ts';
import { stageProgress } from '#core/progress.ts';

/** Shows progress while a command works. Silent unless standard error is a terminal. */
export interface Bar {
  /** `done` from 0 to 1; a new title starts a new estimate. */
  show(title: string, done: number): void;
  clear(): void;
}

const WIDTH = 28;
const REDRAW_MS = 80;

export function progressBar(out: NodeJS.WritableStream & { readonly isTTY?: boolean }): Bar {
  if (out.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  const wordsOf = stageProgress(() => performance.now());
  let title = '';
  let drawn = 0;
  return {
    show(next, done) {
      if (next !== title) drawn = 0;
      title = next;
      const now = performance.now();
      if (now - drawn < REDRAW_MS && done < 1) return;
      drawn = now;
      const full = Math.round(WIDTH * done);
      const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
      out.write(`\r\u001b[2K${terminalLine(title.padEnd(14))} ${bar} ${wordsOf(title, done)}`);
    },
    clear() {
      out.write('\r\u001b[2K');
    },
  };
}
