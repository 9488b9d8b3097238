// The table of commands as plain data, for what is written from it: completion in shells and the manual page.
import type { Argument, Command as Program, Option } from 'commander';

/** What can stand in a place of the command line. */
export type Value = 'file' | 'folder' | 'other' | readonly string[];

export interface OutlineOption {
  /** Short name first, where there is one. */
  readonly names: readonly string[];
  /** As the help shows it: `--seed <n>`. */
  readonly flags: string;
  readonly description: string;
  /** Undefined for a switch. */
  readonly value: Value | undefined;
  readonly valueName: string;
  readonly defaultValue: string | undefined;
}

export interface OutlineArgument {
  readonly name: string;
  readonly description: string;
  readonly isOptional: boolean;
  readonly isVariadic: boolean;
  readonly value: Value;
}

export interface OutlineCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OutlineOption[];
  readonly arguments: readonly OutlineArgument[];
}

export interface Outline extends OutlineCommand {
  readonly version: string;
  readonly commands: readonly OutlineCommand[];
}

/** The names that the table gives to places for paths. */
const FILES = new Set(['base', 'file', 'files', 'ours', 'path', 'place', 'theirs']);

function valueOf(name: string, choices: readonly string[] | undefined): Value {
  if (choices) return choices;
  if (name === 'folder') return 'folder';
  return FILES.has(name) ? 'file' : 'other';
}

function optionOf(option: Option): OutlineOption {
  const { short, long, flags, description, argChoices } = option;
  const defaultValue: unknown = option.defaultValue;
  const valueName = /[<[]([^\]>.]+)/.exec(flags)?.[1];
  const isShown = typeof defaultValue === 'string' || typeof defaultValue === 'number';
  return {
    names: [short, long].filter((name) => name !== undefined),
    flags,
    description,
    value: valueName === undefined ? undefined : valueOf(valueName, argChoices),
    valueName: valueName ?? '',
    defaultValue: isShown ? String(defaultValue) : undefined,
  };
}

function argumentOf(argument: Argument): OutlineArgument {
  return {
    name: argument.name(),
    description: argument.description,
    isOptional: !argument.required,
    isVariadic: argument.variadic,
    value: valueOf(argument.name(), argument.argChoices),
  };
}

function commandOf(program: Program): OutlineCommand {
  const help = program.createHelp();
  return {
    name: program.name(),
    description: program.description(),
    options: help.visibleOptions(program).map(optionOf),
    arguments: program.registeredArguments.map(argumentOf),
  };
}

export function outlineOf(program: Program): Outline {
  return {
    ...commandOf(program),
    version: program.version() ?? '',
    commands: program.commands.map(commandOf),
  };
}
