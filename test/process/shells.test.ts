// What the table of commands says to shells and to man, read by them.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CLI, preflens } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-shells-'));
const script = (shell: string): string => join(folder, `completion.${shell}`);

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await preflens(['completion', shell]);
    expect(code).toBe(0);
    writeFileSync(script(shell), out);
  }
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'pairs.jsonl'), '');
  writeFileSync(join(folder, 'deals.jsonl'), '');
  // A shell completes the arguments of a program that it finds.
  writeFileSync(join(folder, 'preflens'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(join(folder, 'preflens'), 0o755);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

function run(program: string, args: readonly string[], input = ''): string {
  return execFileSync(program, args, {
    cwd: folder,
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder, TERM: 'dumb' },
  });
}

/** A line up to the cursor, and what completes its last word. */
const LINES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['preflens ch', ['check']],
  ['preflens --no-cache --memory 512 se', ['selftest']],
  ['preflens check --fo', ['--format']],
  ['preflens check --format ', ['text', 'json', 'markdown', 'github', 'sarif', 'html']],
  ['preflens check --format m', ['markdown']],
  ['preflens check --seed 3 --fail-on e', ['error']],
  ['preflens --memory 9 diff --format j', ['json']],
  ['preflens completion ', ['bash', 'zsh', 'fish']],
  ['preflens convert --codec l', ['lz4']],
  ['preflens check de', ['deals.jsonl']],
  ['preflens check --out de', ['deals.jsonl']],
  ['preflens model da', ['data/']],
];

/** Words without what shells add: a description, or the space after a finished word. */
const sorted = (words: readonly string[]): string[] => [...new Set(words.map((word) => word.trim()))].sort();

describe.skipIf(!has('bash'))('bash', () => {
  /** As readline asks: the function first, and file names where it offers nothing. */
  const complete = (line: string): string[] => {
    const words = line.split(' ');
    const program = `
      source '${script('bash')}'
      eval "set -- $(complete -p preflens | sed 's/^complete //')"
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
      _preflens
      if (( \${#COMPREPLY[@]} )); then printf '%s\\n' "\${COMPREPLY[@]}"; exit; fi
      [[ " $* " == *' -o default '* ]] && for name in $(compgen -f -- '${words.at(-1)}'); do
        [[ -d $name ]] && printf '%s/\\n' "$name" || printf '%s\\n' "$name"
      done`;
    return run('bash', ['--norc', '-c', program]).split('\n').slice(0, -1);
  };

  it.each(LINES)('completes %s', (line, words) => {
    expect(sorted(complete(line))).toEqual(sorted(words));
  });

  it('completes a value after an equals sign, which bash sees as a word', () => {
    expect(complete('preflens check --format =')).toHaveLength(6);
    expect(complete('preflens check --format = js')).toEqual(['json']);
  });

  it.skipIf(!has('script'))('completes in a terminal, files too', () => {
    const lines = [
      `source '${script('bash')}'`,
      `preflens() { printf 'ran:%s\\n' "$*"; }`,
      'preflens check --form\tgit\t--out data/pa\t',
      'exit',
    ];
    const out = run('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], `${lines.join('\n')}\n`);
    expect(out).toContain('ran:check --format github --out data/pairs.jsonl');
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  it.each(LINES)('completes %s', (line, words) => {
    const out = run('fish', ['--no-config', '-c', `source '${script('fish')}'; complete -C '${line}'`]);
    const offered = out.split('\n').slice(0, -1);
    expect(sorted(offered.map((one) => one.split('\t')[0]!))).toEqual(sorted(words));
  });
});

describe.skipIf(!has('zsh'))('zsh', () => {
  /** What a terminal shows after Tab in each line. Every key is sent when the shell waits for it, behind its prompt. */
  let shown: string[] = [];
  beforeAll(() => {
    const program = `
      zmodload zsh/zpty
      zpty shell 'PS1="@""@" zsh -f -i'
      zpty -r shell seen '*@@*'
      zpty -w shell "autoload -Uz compinit; compinit -u -D; zstyle ':completion:*' insert-tab false; source ${script('zsh')}; LISTMAX=1000; echo rea''dy"
      zpty -r shell seen '*ready*@@*'
      for line in ${LINES.map(([line]) => `'${line}'`).join(' ')}; do
        zpty -n -w shell $line$'\t'
        zpty -w shell $'\x15 echo do\'\'ne'
        zpty -r shell seen '*done*@@*'
        print -r -- $seen$'\x1f'
      done`;
    const out = run('zsh', ['-f', '-c', program]);
    shown = out.replaceAll(/\x1b\[[\d;?]*[A-Za-z]|[\b\r]/g, '').split('\x1f');
  });

  it.each(LINES.map(([line, words], i) => [line, words, i] as const))('completes %s', (line, words, i) => {
    const start = line.slice(0, line.lastIndexOf(' ') + 1);
    // One word is put into the line; several are listed, or what they share is.
    if (words.length === 1) expect(shown[i]).toContain(start + words[0]!);
    else for (const word of words) expect(shown[i]).toContain(word);
  });
});

describe.skipIf(!has('man'))('the manual page', () => {
  let text = '';
  beforeAll(async () => {
    const { out } = await preflens(['man']);
    writeFileSync(join(folder, 'preflens.1'), out);
    const { stdout, stderr } = spawnSync('man', ['--warnings=w', '-l', join(folder, 'preflens.1')], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, MANWIDTH: '200', LC_ALL: 'C.UTF-8', MAN_KEEP_FORMATTING: '' },
    });
    expect(stderr).toBe('');
    // Bold is a letter twice, with a backspace between.
    text = stdout.replaceAll(/.[\b]/g, '');
  });

  it('has every command with its options', async () => {
    const { out } = await preflens(['--help']);
    const commands = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
    expect(commands.length).toBeGreaterThan(20);
    for (const name of commands.filter((one) => one !== 'help')) {
      expect(text).toMatch(new RegExp(`^ +${name}$`, 'm'));
      const { out: help } = await preflens([name, '--help']);
      const flags = [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag!);
      expect(flags).toContain('--help');
      for (const flag of flags) expect(text).toContain(flag);
    }
  });

  it('reads as text: a dash can be copied, other signs are there', () => {
    expect(text).toMatch(/^NAME\n +preflens - inspect and repair preference datasets$/m);
    expect(text).toContain('source <(preflens completion bash)');
    expect(text).toContain('a trainer’s format');
    expect(text).toMatch(/--format name\n +format of the report \(one of: text, json.*; default: text\)/);
  });
});

it('refuses another shell', async () => {
  const { code, err } = await preflens(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(err).toContain('bash, zsh, fish');
});
