// The one way to standard output and standard error. Whatever a command says comes through here, so nothing from a file
// runs in a terminal or in the log of a runner.
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { jsonLine, terminalLine, visible } from '#core/escape/escape.ts';

import type { Bar } from './terminal.ts';
import { progressBar } from './terminal.ts';

export interface Printer {
  /** A line of the result, to standard output. A line feed in it is shown as one. */
  readonly print: (line: string) => void;
  /** A value for machines, to standard output, on a line of its own. Resolves when there is room for more. */
  readonly json: (value: unknown) => Promise<void>;
  /** A workflow command of GitHub, as `workflowCommand` makes it. */
  readonly command: (line: string) => void;
  /** A line about the run, to standard error. */
  readonly note: (line: string) => void;
  /** A text of several lines, to standard output. Nothing of a file stands in it unescaped. */
  readonly lines: (text: string) => void;
  /** A text of several lines, as a stack is, to standard error. */
  readonly notes: (text: string) => void;
  /** Prints records byte for byte into a pipe; in a terminal, with control characters as symbols. */
  readonly records: (bytes: Readable, signal: AbortSignal) => Promise<void>;
  readonly bar: Bar;
}

/** The part of a stream that is written to. */
type Out = NodeJS.WritableStream & { readonly isTTY?: boolean };

async function* shown(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield `${terminalLine(line)}\n`;
  }
  if (rest !== '') yield terminalLine(rest);
}

/** A printer over two streams: of the process, or of a test. */
export function printerOver(out: Out, err: Out): Printer {
  const bar = progressBar(err);
  const note = (line: string): void => {
    bar.clear();
    err.write(`${terminalLine(line)}\n`);
  };
  const print = (line: string): void => {
    out.write(`${terminalLine(line)}\n`);
  };
  return {
    bar,
    note,
    print,
    async json(value) {
      if (!out.write(`${jsonLine(value)}\n`)) await once(out, 'drain');
    },
    command(line) {
      out.write(`${visible(line)}\n`);
    },
    lines(text) {
      text.trimEnd().split('\n').forEach(print);
    },
    notes(text) {
      text.trimEnd().split('\n').forEach(note);
    },
    async records(bytes, signal) {
      await (out.isTTY === true
        ? pipeline(bytes, shown, out, { signal, end: false })
        : pipeline(bytes, out, { signal, end: false }));
    },
  };
}

/** The printer of this process. */
export function openPrinter(onGone: () => void): Printer {
  // The reader of our output may be gone, as in `preflens check … | head`.
  process.stdout.on('error', onGone);
  return printerOver(process.stdout, process.stderr);
}
