#!/usr/bin/env node
// The start of the command line: what compiles is kept before anything large is loaded.
import { keepCompiledCode } from '#node/codeCache.ts';

const [first, ...more] = process.argv.slice(2);
if (more.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${process.env['PREFLENS_VERSION'] ?? ''}\n`);
} else {
  if (first !== '--no-cache' && !more.includes('--no-cache')) keepCompiledCode();
  await import('./program.ts');
}
