// The manual page for `man`, from the table of commands.
import type { Outline, OutlineArgument, OutlineCommand, OutlineOption } from './outline.ts';

/** Text as roff prints it: a dash that can be copied, no line that begins as a request. */
function roff(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll(/[^\0-\x7f]/gu, (sign) => {
      const code = (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      return String.raw`\[u${code}]`;
    })
    .replaceAll(/^(?=[.'])/gm, String.raw`\&`);
}

const bold = (text: string): string => String.raw`\fB${roff(text)}\fR`;
const italic = (text: string): string => String.raw`\fI${roff(text)}\fR`;

/** `--seed <n>`: names bold, values italic. */
function flagsOf(flags: string): string {
  return flags
    .split(/(<[^>]+>|\[[^\]]+\]|, | )/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith('-') ? bold(part) : /^[<[]/.test(part) ? italic(part.slice(1, -1)) : part,
    )
    .join('');
}

function optionItem({ flags, description, value, defaultValue }: OutlineOption): string {
  const notes = [
    ...(typeof value === 'object' ? [`one of: ${value.join(', ')}`] : []),
    ...(defaultValue === undefined ? [] : [`default: ${defaultValue}`]),
  ];
  const words = notes.length > 0 ? `${description} (${notes.join('; ')})` : description;
  return `.TP\n${flagsOf(flags)}\n${roff(words)}`;
}

function placeOf({ name, isOptional, isVariadic }: OutlineArgument): string {
  const place = `${italic(name)}${isVariadic ? ' ...' : ''}`;
  return isOptional ? `[${place}]` : place;
}

const argumentItem = ({ name, description }: OutlineArgument): string =>
  `.TP\n${italic(name)}\n${roff(description)}`;

function commandPart(
  program: string,
  { name, description, options, arguments: places }: OutlineCommand,
): string {
  // The help of each command is said once, for all.
  const own = options.filter(({ names }) => !names.includes('--help'));
  const usage = [
    bold(`${program} ${name}`),
    ...(own.length > 0 ? ['[options]'] : []),
    ...places.map(placeOf),
  ];
  return [
    `.SS ${roff(name)}`,
    usage.join(' '),
    '.PP',
    roff(description),
    ...places.map(argumentItem),
    ...own.map(optionItem),
  ].join('\n');
}

/** What each shell runs at its start. */
const COMPLETION = [
  ['bash, in ~/.bashrc', 'source <(preflens completion bash)'],
  ['zsh, in ~/.zshrc, after compinit', 'source <(preflens completion zsh)'],
  ['fish, in ~/.config/fish/config.fish', 'preflens completion fish | source'],
] as const;

/** The page has no date: the same table gives the same bytes. */
export function manualOf({ name, description, version, options, commands }: Outline): string {
  return `${[
    `.TH ${name.toUpperCase()} 1 "" "PrefLens ${version}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${roff(description.replace(/\.$/, '').replace(/^./, (first) => first.toLowerCase()))}`,
    '.SH SYNOPSIS',
    `${bold(name)} [options] ${italic('command')} [options] [arguments]`,
    '.SH OPTIONS',
    ...options.map(optionItem),
    '.SH COMMANDS',
    ...commands.map((command) => commandPart(name, command)),
    '.SH COMPLETION IN SHELLS',
    ...COMPLETION.map(([shell, line]) => `.TP\n${shell}\n${bold(line)}`),
    '.SH EXIT STATUS',
    `.TP\n0\n${roff('nothing to report')}`,
    `.TP\n1\n${roff('findings, differences, conflicts or disagreements, as the command says')}`,
    `.TP\n2\n${roff('a file could not be read, or the command could not run')}`,
    '.SH FILES',
    `.TP\n${italic('preflens.json')}\n${roff('settings of a folder: schemas, rules, scorers')}`,
    `.TP\n${italic('.preflens/')}\n${roff('the baseline, and what people decided')}`,
  ].join('\n')}\n`;
}
