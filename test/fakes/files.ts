// A folder for each test, and files in it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeEach } from 'vitest';

export interface TestFolder {
  /** The folder of the current test. */
  readonly path: string;
  /** Writes a file below it; returns its path. */
  readonly write: (name: string, content: string | Uint8Array) => string;
}

export function testFolder(name: string): TestFolder {
  const root = mkdtempSync(join(tmpdir(), `preflens-${name}-`));
  let path = root;
  let number = 0;
  beforeEach(() => {
    path = join(root, String(number++));
    mkdirSync(path);
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });
  return {
    get path() {
      return path;
    },
    write(file, content) {
      const at = join(path, file);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, content);
      return at;
    },
  };
}

/** A record that holds its own number. */
export const goodRecord = (i: number): string =>
  `{"prompt":"q${i}","chosen":"better ${i}","rejected":"worse ${i}"}`;

/** A signal that never aborts. */
export const never = new AbortController().signal;
