// Loaded before a program (NODE_OPTIONS=--import): file operations on some paths fail with a code, or end the
// process. PREFLENS_TEST_FAULT holds {op, code, path, after}: which operation fails, how ("SIGKILL" ends the
// process), on which paths (a regular expression), and how many such operations succeed first.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { op, code, path = '', after = 0 } = JSON.parse(process.env.PREFLENS_TEST_FAULT);
const wanted = new RegExp(path);
const NUMBERS = { EIO: -5, EBUSY: -16, EXDEV: -18, EMFILE: -24, ENOSPC: -28, EROFS: -30, EACCES: -13 };

/** Descriptor → its file. */
const opened = new Map();
let seen = 0;

function check(name, target) {
  if (name !== op || !wanted.test(String(target))) return;
  if (seen++ < after) return;
  if (code === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
  // The signal is pending in the kernel: do nothing until it arrives.
  if (code === 'SIGKILL') for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  throw Object.assign(new Error(`${code}: injected, ${name}`), { code, errno: NUMBERS[code], syscall: name });
}

const pathOf = (target) => (typeof target === 'number' ? (opened.get(target) ?? '') : target);

const promises = {
  open: 'open',
  rename: 'rename',
  copyFile: 'write',
  writeFile: 'write',
  appendFile: 'write',
  readFile: 'read',
  readdir: 'readdir',
  stat: 'stat',
  lstat: 'stat',
  realpath: 'stat',
  mkdir: 'mkdir',
};
for (const [name, kind] of Object.entries(promises)) {
  const real = fs.promises[name];
  fs.promises[name] = async (target, ...rest) => {
    check(kind, pathOf(target));
    const result = await real.call(fs.promises, target, ...rest);
    if (name === 'open') opened.set(result.fd, target);
    return result;
  };
}

const probe = await fs.promises.open(new URL(import.meta.url));
const Handle = Object.getPrototypeOf(probe);
await probe.close();
for (const [name, kind] of Object.entries({
  write: 'write',
  writeFile: 'write',
  sync: 'sync',
  read: 'read',
  readFile: 'read',
})) {
  const real = Handle[name];
  Handle[name] = async function (...args) {
    check(kind, pathOf(this.fd));
    return real.apply(this, args);
  };
}

const sync = {
  openSync: 'open',
  renameSync: 'rename',
  writeSync: 'write',
  writeFileSync: 'write',
  appendFileSync: 'write',
  readSync: 'read',
  readFileSync: 'read',
  readdirSync: 'readdir',
  statSync: 'stat',
  fstatSync: 'stat',
  mkdirSync: 'mkdir',
};
for (const [name, kind] of Object.entries(sync)) {
  const real = fs[name];
  fs[name] = (target, ...rest) => {
    check(kind, pathOf(target));
    const result = real.call(fs, target, ...rest);
    if (name === 'openSync') opened.set(result, target);
    return result;
  };
}

const callbacks = { open: 'open', read: 'read', write: 'write', writev: 'write' };
for (const [name, kind] of Object.entries(callbacks)) {
  const real = fs[name];
  fs[name] = (target, ...rest) => {
    const done = rest.at(-1);
    try {
      check(kind, pathOf(target));
    } catch (error) {
      process.nextTick(done, error);
      return;
    }
    if (name === 'open')
      real.call(fs, target, ...rest.slice(0, -1), (error, fd) => {
        if (!error) opened.set(fd, target);
        done(error, fd);
      });
    else real.call(fs, target, ...rest);
  };
}
syncBuiltinESMExports();
