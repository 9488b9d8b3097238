// A printer whose output a test can read or ignore.
import { Writable } from 'node:stream';

import type { Printer } from '../../server/src/cli/printer.ts';
import { printerOver } from '../../server/src/cli/printer.ts';

/** A stream that keeps everything written to it. */
export class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

export function keptPrinter(): Printer & { readonly out: Kept; readonly err: Kept } {
  const [out, err] = [new Kept(), new Kept()];
  return { ...printerOver(out, err), out, err };
}
