// The only way to standard output and standard error. All output of commands passes through here, so that nothing
// from a file is executed by a terminal or a CI log.
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { jsonLine, terminalLine, visible } from '#core/escape/escape.ts';

import type { Bar } from './terminal.ts';
import { progressBar } from './terminal.ts';

export interface Printer {
  /** A line of the result, to standard output. Escapes line feeds. */
  readonly print: (line: string) => void;
  /** A JSON value on its own line, to standard output. Resolves when there is room for more. */
  readonly json: (value: unknown) => Promise<void>;
  /** A GitHub workflow command, from `workflowCommand`. */
  readonly command: (line: string) => void;
  /** A line about the run, to standard error. */
  readonly note: (line: string) => void;
  /** Text of several lines, to standard output. Must not contain unescaped text from files. */
  readonly lines: (text: string) => void;
  /** Text of several lines, such as a stack, to standard error. */
  readonly notes: (text: string) => void;
  /** Records: byte for byte into a pipe; in a terminal with visible control characters. */
  readonly records: (bytes: Readable, signal: AbortSignal) => Promise<void>;
  readonly bar: Bar;
}

/** The writable part of a stream. */
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

/** Over the streams of the process, or of a test. */
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

export function openPrinter(onGone: () => void): Printer {
  // The reader of our output may be gone, as in `preflens check … | head`.
  process.stdout.on('error', onGone);
  return printerOver(process.stdout, process.stderr);
}
