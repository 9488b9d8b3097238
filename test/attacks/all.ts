// npm run attack: every attack in its large form, with the number of tries of each.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { COUNTS } from './attack.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function run(...args: readonly string[]): number {
  const env = { ...process.env, PREFLENS_ATTACK: 'large' };
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env }).status ?? 1;
}

rmSync(COUNTS, { force: true });
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const failed =
  run('esbuild.mjs') ||
  run(
    vitest,
    'run',
    '--config',
    'test/vitest.config.ts',
    '--testTimeout=3600000',
    'test/attacks',
    ...process.argv.slice(2),
  );
const lines = existsSync(COUNTS) ? readFileSync(COUNTS, 'utf8').trim().split('\n') : [];
for (const line of lines.sort()) {
  const { name, counts } = JSON.parse(line) as { name: string; counts: Record<string, number> };
  const words = Object.entries(counts).map(([what, count]) => `${count.toLocaleString('en')} ${what}`);
  console.log(`${name}: ${words.join(', ')}`);
}
process.exit(failed);
