// What can be done about findings: at one record, for all findings of a rule, and for all that is safe.
import type { CodeAction, CodeActionParams } from 'vscode-languageserver/node';
import { CodeActionKind } from 'vscode-languageserver/node';

import type { Edit } from '#core/edits/edit.ts';
import type { Finding } from '#core/model/finding.ts';
import type { Pair } from '#core/model/pair.ts';
import { plural } from '#core/words/numbers.ts';
import type { KeepRequest } from '#protocol/editor/edits.ts';
import type { ClientOptions } from '#protocol/editor/options.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { OpenDataset } from '#session/dataset.ts';
import type { PairPlace } from '#session/findingLists.ts';
import { pairLabel } from '#session/names.ts';
import { editOf, separateEditOf } from '#session/planEdit.ts';
import { beyond, fixCounts, fixesOf, fixWords, repairsOf } from '#session/ruleFix.ts';

import type { RuleLink } from './toLsp.ts';
import { diagnosticsOf, ruleLinkOf, toWorkspaceEdit } from './toLsp.ts';

export const FIX_ALL = 'source.fixAll.preflens';

/** What an editor can always do to a pair, in the order in which it is offered. */
const EDITS: readonly {
  readonly kind: 'flip' | 'drop' | 'tie';
  /** What it is called for a record with so many pairs; undefined where it is not offered. */
  readonly title: (pairs: number) => string | undefined;
  /** It is about one pair: of several the title says which. */
  readonly isOfPair: boolean;
}[] = [
  {
    kind: 'flip',
    title: (pairs) => (pairs > 0 ? 'Flip chosen and rejected' : 'Flip good/bad'),
    isOfPair: true,
  },
  {
    kind: 'drop',
    title: (pairs) => (pairs > 1 ? `Drop this record with its ${plural(pairs, 'pair')}` : 'Drop this record'),
    isOfPair: false,
  },
  { kind: 'tie', title: (pairs) => (pairs > 0 ? 'Mark as a tie' : undefined), isOfPair: true },
];

/** What actions are made from. */
interface ActionContext {
  readonly dataset: OpenDataset;
  readonly link: RuleLink | undefined;
}

/** The pair of a record that actions are about: the one with a finding, else the first. */
function pairToAct(dataset: OpenDataset, record: number): number {
  return dataset.findingsOf(record).find(({ pair }) => pair !== undefined)?.pair ?? 0;
}

function quickFix(
  { dataset, link }: ActionContext,
  ref: PairPlace,
  title: string,
  edit: Edit,
  findings: readonly Finding[],
): CodeAction[] {
  const outcome = editOf(dataset, ref, edit);
  if (!outcome || 'refused' in outcome) return [];
  const diagnostics = diagnosticsOf(dataset, findings, link);
  const made = toWorkspaceEdit(dataset, [outcome]);
  return [{ title, kind: CodeActionKind.QuickFix, edit: made, diagnostics }];
}

function separateActions(context: ActionContext, finding: Finding): CodeAction[] {
  const edit = separateEditOf(context.dataset, finding);
  const repair = repairsOf(finding.rule).find((one) => one.edit === 'separate');
  if (!edit || !repair) return [];
  return quickFix(context, { record: finding.record, pair: 0 }, repair.title, edit, [finding]);
}

/** A record that cannot be read can still be taken out, or be put on lines of its own where it is several. */
function brokenActions(context: ActionContext, record: number): CodeAction[] {
  const { dataset, link } = context;
  const raw = dataset.rawRecord(record);
  const findings = dataset.findingsOf(record);
  if (!raw || findings.length === 0) return [];
  // A fault between the records of a document is no record, and beside one nobody knows which comma to drop.
  if (dataset.source.isDocument && (raw.bytes.length === 0 || !dataset.removedWith(record))) return [];
  const diagnostics = diagnosticsOf(dataset, findings, link);
  const edit = toWorkspaceEdit(dataset, [{ raw, edits: null }]);
  const drop: CodeAction = {
    title: 'Drop this record',
    kind: CodeActionKind.QuickFix,
    edit,
    diagnostics,
  };
  return [...findings.flatMap((finding) => separateActions(context, finding)), drop];
}

/** The repair of the text that a finding carries. */
function replaceActions(
  context: ActionContext,
  place: PairPlace,
  findings: readonly Finding[],
): CodeAction[] {
  return findings.flatMap((finding) => {
    const repair = repairsOf(finding.rule).find(({ edit }) => edit === 'replace');
    if (!repair || !finding.replace) return [];
    const edit: Edit = { kind: 'replace', replace: finding.replace };
    return quickFix(context, { ...place, pair: finding.pair ?? place.pair }, repair.title, edit, [finding]);
  });
}

function editActions(
  context: ActionContext,
  place: PairPlace,
  pairs: readonly Pair[],
  findings: readonly Finding[],
): CodeAction[] {
  const pair = pairs[place.pair];
  return EDITS.flatMap(({ kind, title, isOfPair }) => {
    const name = title(pairs.length);
    if (name === undefined) return [];
    const which = isOfPair && pair && pairs.length > 1 ? ` (${pairLabel(pair)})` : '';
    const answered = findings.filter(({ rule }) => repairsOf(rule).some(({ edit }) => edit === kind));
    return quickFix(context, place, `${name}${which}`, { kind }, answered);
  });
}

/** What fix-all on save makes: safe repairs alone. */
function fixAllSafe(dataset: OpenDataset): CodeAction[] {
  const { edits } = fixesOf(dataset, { review: false });
  if (edits.length === 0) return [];
  const rules = new Set(dataset.findings.map(({ rule }) => rule));
  const left = [...rules]
    .filter((rule) => repairsOf(rule).some(({ grade }) => grade === 'safe'))
    .reduce((sum, rule) => sum + dataset.unlistedCount(rule), 0);
  const title = left > 0 ? `Make the safe repairs${beyond(left)}` : 'Make all safe repairs';
  return [{ title, kind: FIX_ALL, edit: toWorkspaceEdit(dataset, edits) }];
}

/** What is kept of an action until somebody chooses it. */
interface Unresolved {
  readonly uri: string;
  readonly rule: string;
}

/** "Fix all of a rule": its edit is made when it is chosen, and shown before it is made. */
function fixRuleActions(dataset: OpenDataset, findings: readonly Finding[]): CodeAction[] {
  const rules = new Set(findings.map(({ rule }) => rule));
  return [...rules].flatMap((rule) => {
    const counts = fixCounts(dataset, rule);
    if (counts.dropped + counts.changed < 2) return [];
    const data: Unresolved = { uri: dataset.source.uri, rule };
    const left = dataset.unlistedCount(rule);
    const title = fixWords(counts, left > 0 ? 'the first ' : 'all ');
    return [
      {
        title: `${title} with "${rule}"${beyond(left)}…`,
        kind: CodeActionKind.QuickFix,
        data,
      },
    ];
  });
}

/** The file of an action that has no edit yet; '' if it has none. */
export function datasetUriOf({ data }: CodeAction): string {
  return ((data ?? {}) as Partial<Unresolved>).uri ?? '';
}

/** Fills in the edit of a chosen action. Each change waits in the editor's own preview to be confirmed. */
export function resolveAction(action: CodeAction, dataset: OpenDataset): CodeAction {
  const { rule } = (action.data ?? {}) as Partial<Unresolved>;
  if (rule === undefined) return action;
  const fixes = fixesOf(dataset, { rules: new Set([rule]), review: true });
  const label = `${fixWords(fixes)} with "${rule}"`;
  return { ...action, edit: toWorkspaceEdit(dataset, fixes.edits, { id: rule, label }) };
}

function keepActions(
  { dataset, link }: ActionContext,
  place: PairPlace,
  findings: readonly Finding[],
): CodeAction[] {
  const rules = new Map(findings.map((finding) => [finding.rule, finding]));
  return [...rules].map(([rule, finding]) => {
    const ref: KeepRequest = { uri: dataset.source.uri, ...place, pair: finding.pair ?? place.pair, rule };
    const diagnostics = diagnosticsOf(dataset, [finding], link);
    return {
      title: `Ignore "${rule}" for this pair…`,
      kind: CodeActionKind.QuickFix,
      command: { title: 'Keep', command: 'preflens.keep', arguments: [ref] },
      ...(diagnostics.length > 0 && { diagnostics }),
    };
  });
}

const isAsked = (only: readonly string[] | undefined, kind: string): boolean =>
  only === undefined || only.some((one) => kind === one || kind.startsWith(`${one}.`));

export function codeActionsOf(
  dataset: OpenDataset,
  { range, context: { only } }: Pick<CodeActionParams, 'range' | 'context'>,
  options: ClientOptions,
): CodeAction[] {
  const context: ActionContext = { dataset, link: ruleLinkOf(options) };
  const isDocument = dataset.source.document !== undefined;
  const all = only !== undefined && isAsked(only, FIX_ALL) && isDocument ? fixAllSafe(dataset) : [];
  if (!isAsked(only, CodeActionKind.QuickFix)) return all;
  const record = dataset.recordAt(range.start);
  const read = dataset.readRecord(record);
  if (!read) return [...all, ...brokenActions(context, record)];
  const place = { record, pair: pairToAct(dataset, record) };
  const findings = dataset.findingsOf(record);
  const atPair = dataset.findingsOf(record, place.pair);
  const [first, ...rest] = editActions(context, place, read.pairs, atPair);
  const ref: RecordRef = { uri: dataset.source.uri, ...place };
  const compare: CodeAction = {
    title: 'Compare side by side',
    kind: CodeActionKind.QuickFix,
    command: { title: 'Compare', command: 'preflens.compare', arguments: [ref] },
  };
  return [
    ...all,
    ...replaceActions(context, place, findings),
    ...(first ? [first] : []),
    ...(options.compare && read.pairs.length > 0 ? [compare] : []),
    ...rest,
    ...(options.decisions ? keepActions(context, place, findings) : []),
    ...(isDocument ? fixRuleActions(dataset, findings) : []),
  ];
}
