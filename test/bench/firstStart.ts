// npm run bench:first: how long the two commands of the README take in a fresh clone, with an empty home and empty caches. What
// they say, with the seconds at which they say it, is in test/artefacts/first-start. Needs the network.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..', '..');
const LOGS = join(ROOT, 'test', 'artefacts', 'first-start');

const COMMANDS: readonly (readonly string[])[] = [
  ['npm', 'start'],
  ['npm', 'start', '--', 'media/sample/support.jsonl'],
];

/** A command that takes longer has failed. */
const LIMIT_MS = 15 * 60 * 1000;

const folder = mkdtempSync(join(tmpdir(), 'preflens-first-'));
const clone = join(folder, 'clone');

/** Without what npm and our own Node put before everything. */
function environment(): NodeJS.ProcessEnv {
  const home = join(folder, 'home');
  mkdirSync(home);
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_(?!config_registry)|INIT_CWD|XDG_|NODE_COMPILE_CACHE|PREFLENS_CACHE)/i.test(name),
  );
  const path = (process.env.PATH ?? '').split(delimiter).filter((one) => !one.includes('node_modules'));
  return { ...Object.fromEntries(kept), HOME: home, USERPROFILE: home, PATH: path.join(delimiter) };
}

/** The seconds until the command has opened VS Code, or serves it. */
async function timeOf(words: readonly string[], env: NodeJS.ProcessEnv, log: string): Promise<number> {
  const began = performance.now();
  const since = (): number => (performance.now() - began) / 1000;
  const [name = '', ...args] = words;
  const child = spawn(name, args, { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`${words.join(' ')} ended with ${code}, see ${log}`));
    });
    setTimeout(reject, LIMIT_MS, new Error(`${words.join(' ')} takes too long, see ${log}`)).unref();
  });
  writeFileSync(log, `$ ${words.join(' ')}\n`);
  const ready = new Promise<number>((resolve, reject) => {
    const read = async (line: string): Promise<void> => {
      appendFileSync(log, `${since().toFixed(1).padStart(7)}  ${line}\n`);
      if (/^Opening .* in /.test(line)) resolve(since());
      const [address] = /^\s+(http:\S+)$/.exec(line)?.slice(1) ?? [];
      if (address === undefined) return;
      const { status } = await fetch(address);
      if (status !== 200) throw new Error(`${address} answers ${status}`);
      resolve(since());
    };
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        read(line).catch(reject);
      });
  });
  try {
    return await Promise.race([ready, ended]);
  } finally {
    // Its group: npm does not always pass a signal on.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
  }
}

try {
  const cloned = spawnSync('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone], { stdio: 'inherit' });
  if (cloned.status !== 0) throw new Error('git clone failed');
  rmSync(LOGS, { recursive: true, force: true });
  mkdirSync(LOGS, { recursive: true });
  const env = environment();
  for (const [i, words] of COMMANDS.entries()) {
    const seconds = await timeOf(words, env, join(LOGS, `${i + 1}.log`));
    console.log(`${words.join(' ')}: ${seconds.toFixed(0)} s`);
  }
  console.log(`Logs in ${LOGS}`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
}
// A desktop VS Code may still be open.
process.exit();
