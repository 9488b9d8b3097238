// Opens the scorers that preflens.json names for a file.
import { join } from 'node:path';

import type { Mapping } from '#core/mapping/mapping.ts';
import { messages, UserError } from '#core/messages.ts';
import { hasChecklist } from '#core/reward/checklist.ts';
import type { CommandRule, EndpointRule, ScorerRule } from '#core/reward/scorerRule.ts';

import { CONFIG_NAME, pathInside } from '../config.ts';
import type { EndpointMachine } from './endpoint.ts';
import type { ModelMachine } from './modelPart.ts';
import type { PairScorer } from './rating.ts';
import { keyFor } from './secrets.ts';

export interface ScorerMachine extends ModelMachine, EndpointMachine {
  /** The folder may name models, templates and servers. */
  readonly isTrusted: boolean;
  /** The program has nothing else to do meanwhile, so it fits small files itself. */
  readonly fitsHere?: boolean;
  /** Resolves if texts and the secret of the rule may go to its server; rejects with what would be sent. */
  readonly maySend: (rule: EndpointRule) => Promise<void>;
  /** Resolves if the program of the rule may run; rejects with what would be run. */
  readonly mayRun: (rule: CommandRule) => Promise<void>;
}

/** The file to score. */
export interface ScoredFile {
  /** Undefined for a text without a file. */
  readonly path: string | undefined;
  readonly mapping: Mapping;
  /** The number of a record's first pair. */
  readonly firstPairOf: (record: number) => number;
}

/** The built-in scorer is fitted, not opened. */
type OpenRule = Exclude<ScorerRule, { readonly kind: 'consistency' }>;

const NEED_TRUST: ReadonlySet<ScorerRule['kind']> = new Set(['onnx', 'probe', 'endpoint', 'command']);

/** Each kind of scorer is loaded when a rule names it. */
async function openScorer(
  rule: OpenRule,
  folder: string,
  file: ScoredFile,
  machine: ScorerMachine,
  signal: AbortSignal,
): Promise<PairScorer> {
  if (NEED_TRUST.has(rule.kind) && !machine.isTrusted) throw messages.untrusted();
  switch (rule.kind) {
    case 'onnx':
      return (await import('./onnx.ts')).openOnnxScorer(rule, folder, machine, signal);
    case 'probe':
      return (await import('./probe.ts')).openProbe(rule, folder, machine, signal);
    case 'columns':
      return (await import('./columns.ts')).openColumns(rule, file.mapping);
    case 'overlap':
      return (await import('./overlap.ts')).openOverlap(rule, file.mapping);
    case 'sidecar':
      if (!machine.isTrusted) pathInside(join(folder, CONFIG_NAME), rule.file);
      return (await import('./sidecar.ts')).openSidecar(rule, folder, file.path ?? folder, file.firstPairOf);
    case 'endpoint':
      // Report a missing secret before asking for permission to send.
      await keyFor(rule, machine.secret);
      await machine.maySend(rule);
      return hasChecklist(rule)
        ? (await import('./checklist.ts')).openChecklist(rule, machine)
        : (await import('./endpoint.ts')).openEndpoint(rule, machine);
    case 'command':
      await machine.mayRun(rule);
      return (await import('./command.ts')).openCommand(rule, folder, file.mapping, machine);
  }
}

export interface OpenedScorers {
  readonly scorers: readonly PairScorer[];
  /** Why the others could not be opened. */
  readonly failed: readonly UserError[];
}

/** What a person should know of them. */
export function warningsOf({ scorers, failed }: OpenedScorers): readonly string[] {
  return [
    ...failed.map(({ message }) => message),
    ...scorers.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`)),
  ];
}

/** Rejects with the first reason if none could be opened and the built-in scorer is not among the rules. */
export async function openScorers(
  rules: readonly ScorerRule[],
  folder: string,
  file: ScoredFile,
  machine: ScorerMachine,
  signal: AbortSignal,
): Promise<OpenedScorers> {
  const scorers: PairScorer[] = [];
  const failed: UserError[] = [];
  for (const rule of rules) {
    if (rule.kind === 'consistency') continue;
    try {
      scorers.push(await openScorer(rule, folder, file, machine, signal));
    } catch (error) {
      if (!(error instanceof UserError)) {
        for (const scorer of scorers) scorer.close();
        throw error;
      }
      failed.push(error);
    }
  }
  const [first] = failed;
  if (failed.length === rules.length && first) throw first;
  return { scorers, failed };
}
