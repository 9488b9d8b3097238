// Completion scripts for three shells, from the table of commands. They hold all words, so that no key waits for a
// start of Node.
import type { Shell } from './choices.ts';
import type { Outline, OutlineCommand, OutlineOption, Value } from './outline.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const names = (options: readonly OutlineOption[]): string[] => options.flatMap((option) => option.names);
const isWords = (value: Value | undefined): value is readonly string[] => Array.isArray(value);

/** Where nothing is offered, bash completes file names: `-o default`. The script runs in bash 3.2 too. */
function bash({ name, options, commands, ...program }: Outline): string {
  const all: readonly OutlineCommand[] = [{ ...program, name: '', options }, ...commands];
  const withValue = names(options.filter(({ value }) => value !== undefined));
  const values = all.flatMap((command) =>
    command.options.flatMap(({ names: own, value }) =>
      isWords(value)
        ? own.map((one) => `    ${quoted(`${command.name} ${one}`)}) words=${quoted(value.join(' '))} ;;`)
        : [],
    ),
  );
  const places = commands.flatMap((command) => {
    const first = command.arguments[0]?.value;
    return isWords(first) ? [`      ${command.name}) words=${quoted(first.join(' '))} ;;`] : [];
  });
  return `# bash completion of ${name}
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= i
  # --name=value arrives as three words.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValue.join(' | ')}) ((i++)) ;;
      -* | =) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case "$command $prev" in
${values.join('\n')}
  esac
  if [[ -z $words && $cur == -* ]]; then
    case $command in
${all.map((command) => `      ${quoted(command.name)}) words=${quoted(names(command.options).join(' '))} ;;`).join('\n')}
    esac
  elif [[ -z $words ]]; then
    case $command in
      '') words=${quoted(commands.map((command) => command.name).join(' '))} ;;
${places.join('\n')}
    esac
  fi
  COMPREPLY=()
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); fi
}
complete -o bashdefault -o default -F _${name} ${name}
`;
}

const zshText = (text: string): string => text.replaceAll(/[\\[\]:]/g, String.raw`\$&`);

function zshAction(value: Value): string {
  if (isWords(value)) return `(${value.join(' ')})`;
  return { file: '_files', folder: '_files -/', other: '' }[value];
}

function zshOptions(options: readonly OutlineOption[]): string[] {
  return options.flatMap(({ names: all, description, value, valueName }) => {
    const action = value === undefined ? '' : `:${valueName}:${zshAction(value)}`;
    return all.map((one) => quoted(`${one}[${zshText(description)}]${action}`));
  });
}

function zsh({ name, options, commands }: Outline): string {
  const lines = (specs: readonly string[], indent: string): string => specs.join(` \\\n${indent}`);
  const places = (command: OutlineCommand): string[] =>
    command.arguments.map(({ name: place, isVariadic, isOptional, value }, i) => {
      const position = isVariadic ? '*:' : `${i + 1}:${isOptional ? ':' : ''}`;
      return quoted(`${position}${zshText(place)}:${zshAction(value)}`);
    });
  const cases = commands.map(
    (command) =>
      `        ${command.name}) _arguments \\\n          ${lines([...zshOptions(command.options), ...places(command)], '          ')} ;;`,
  );
  const described = commands.map((command) => quoted(`${command.name}:${zshText(command.description)}`));
  return `#compdef ${name}
_${name}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands=(
    ${described.join('\n    ')}
  )
  _arguments -C \\
    ${lines([...zshOptions(options), quoted('1: :->command'), quoted('*:: :->rest')], '    ')}
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}
# In a folder of $fpath the file is the function; read with source it is not.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

const fishQuoted = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;

/** A function that is true if its argument is the command on the line, or without one if there is no command yet. */
function fishCommand(name: string, options: readonly OutlineOption[]): string {
  const withValue = names(options.filter(({ value }) => value !== undefined));
  return `# fish completion of ${name}
function __${name}_in
    set -l words (commandline -opc)[2..]
    while set -q words[1]
        switch $words[1]
            case ${withValue.join(' ')}
                set -e words[1]
            case '-*'
            case '*'
                break
        end
        set -e words[1]
    end
    test "$words[1]" = "$argv"
end`;
}

function fish({ name, options, commands }: Outline): string {
  const option = (condition: string, { names: all, description, value }: OutlineOption): string => {
    const flags = all.map((one) => (one.startsWith('--') ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`));
    const action =
      value === undefined
        ? ''
        : isWords(value)
          ? ` -x -a ${fishQuoted(value.join(' '))}`
          : { file: ' -r -F', folder: " -x -a '(__fish_complete_directories)'", other: ' -x' }[value];
    return `complete -c ${name} -n ${condition} ${flags.join(' ')}${action} -d ${fishQuoted(description)}`;
  };
  const place = (condition: string, value: Value): string[] => {
    const action = isWords(value)
      ? `-a ${fishQuoted(value.join(' '))}`
      : { file: '-F', folder: "-a '(__fish_complete_directories)'", other: '' }[value];
    return action === '' ? [] : [`complete -c ${name} -n ${condition} ${action}`];
  };
  const lines = [
    fishCommand(name, options),
    `complete -c ${name} -f`,
    ...options.map((one) => option(`__${name}_in`, one)),
    ...commands.map(
      (command) =>
        `complete -c ${name} -n __${name}_in -a ${command.name} -d ${fishQuoted(command.description)}`,
    ),
    ...commands.flatMap((command) => {
      const condition = fishQuoted(`__${name}_in ${command.name}`);
      return [
        ...command.options.map((one) => option(condition, one)),
        ...command.arguments.flatMap(({ value }) => place(condition, value)),
      ];
    }),
  ];
  return `${[...new Set(lines)].join('\n')}\n`;
}

const WRITERS: Readonly<Record<Shell, (outline: Outline) => string>> = { bash, zsh, fish };

export function completionFor(shell: Shell, outline: Outline): string {
  return WRITERS[shell](outline);
}
