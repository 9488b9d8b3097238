// What can be done about findings: at one record, for all findings of a rule, and for all that is safe.
import type { CodeAction, CodeActionParams } from 'vscode-languageserver/node';
import { CodeActionKind } from 'vscode-languageserver/node';

import type { Repair } from '#core/checks/check.ts';
import { ruleById, SCORE_RULES } from '#core/checks/table.ts';
import type { Edit } from '#core/edits/edit.ts';
import type { FixScope } from '#core/fix.ts';
import { fixRecord, isOfDataset } from '#core/fix.ts';
import { groupBy } from '#core/group.ts';
import type { Finding } from '#core/model/finding.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import type { Pair } from '#core/model/pair.ts';
import { recordKey } from '#core/model/sameRecord.ts';
import { plural } from '#core/words/numbers.ts';
import type { KeepRequest } from '#protocol/editor/edits.ts';
import type { ClientOptions } from '#protocol/editor/options.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { OpenDataset } from '#session/dataset.ts';
import type { PairPlace } from '#session/findingLists.ts';
import { pairLabel } from '#session/names.ts';
import type { RecordEdits } from '#session/planEdit.ts';
import { editOf, separateEditOf, smallestEdit } from '#session/planEdit.ts';

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

const repairsOf = (rule: string): readonly Repair[] => ruleById(rule)?.repairs ?? [];

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

/** Records of the findings of one rule, or of all of them. */
function recordsWith(
  dataset: OpenDataset,
  rules: ReadonlySet<string> | undefined,
): ReadonlyMap<number, Finding[]> {
  const found = dataset.findings.filter(
    ({ rule, record }) => record !== WHOLE_FILE && (rules?.has(rule) ?? true),
  );
  return groupBy(found, ({ record }) => record);
}

interface Fixes {
  readonly edits: readonly RecordEdits[];
  /** Records whose text changes. */
  readonly changed: number;
  /** Records that go. */
  readonly dropped: number;
}

/** The repairs of all records in a scope, as one edit. */
function fixesOf(dataset: OpenDataset, scope: FixScope): Fixes {
  const { recognition } = dataset.survey;
  const edits: RecordEdits[] = [];
  let [changed, dropped] = [0, 0];
  for (const [record, findings] of recognition ? recordsWith(dataset, scope.rules) : []) {
    const raw = dataset.rawRecord(record);
    const own = { ...scope, rules: new Set(findings.map(({ rule }) => rule)) };
    const fixed =
      raw &&
      recognition &&
      fixRecord(raw, recognition.mapping, dataset.rules, own, {
        others: findings.filter(isOfDataset),
        newline: dataset.source.newlineOf(raw),
        keyOf(other) {
          const twin = dataset.rawRecord(other);
          return twin && recordKey(twin.bytes);
        },
      });
    if (!raw || !fixed) continue;
    if (fixed.bytes) {
      changed++;
      edits.push({ raw, edits: [smallestEdit(raw.bytes, fixed.bytes)] });
    } else {
      dropped++;
      edits.push({ raw, edits: null });
    }
  }
  return { edits, changed, dropped };
}

/** The end of a title: how many findings stay. */
function beyond(left: number): string {
  return left > 0 ? ` (${plural(left, 'finding')} more, for a second time)` : '';
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

/** Whether the repair of a finding takes its record out, where a person has a look at it; undefined where it has none. */
function isDropped({ rule, replace, separate }: Finding): boolean | undefined {
  const repair = repairsOf(rule).find(
    ({ edit }) =>
      edit !== 'flip' &&
      (edit !== 'replace' || replace !== undefined) &&
      (edit !== 'separate' || separate !== undefined),
  );
  return repair === undefined ? undefined : repair.edit === 'drop';
}

/** "Drop all 93 records with …", "Repair all 2 records with …", "Repair 2 and drop 3 records with …". */
function bulkTitle(rule: string, changed: number, dropped: number, all = 'all '): string {
  const of = `with "${rule}"`;
  if (changed > 0 && dropped > 0)
    return `Repair ${changed.toLocaleString('en')} and drop ${plural(dropped, 'record')} ${of}`;
  const verb = dropped > 0 ? 'Drop' : 'Repair';
  return `${verb} ${all}${plural(Math.max(changed, dropped), 'record')} ${of}`;
}

/** "Fix all of a rule": its edit is made when it is chosen, and shown before it is made. */
function fixRuleActions(dataset: OpenDataset, findings: readonly Finding[]): CodeAction[] {
  const rules = new Set(findings.map(({ rule }) => rule));
  return [...rules].flatMap((rule) => {
    if (Object.hasOwn(SCORE_RULES, rule)) return [];
    const kinds = [...recordsWith(dataset, new Set([rule])).values()].map((own) => own.map(isDropped));
    const dropped = kinds.filter((own) => own.includes(true)).length;
    const changed = kinds.filter((own) => own.includes(false) && !own.includes(true)).length;
    if (dropped + changed < 2) return [];
    const data: Unresolved = { uri: dataset.source.uri, rule };
    const left = dataset.unlistedCount(rule);
    const title = bulkTitle(rule, changed, dropped, left > 0 ? 'the first ' : 'all ');
    return [
      {
        title: `${title}${beyond(left)}…`,
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
  const { edits, changed, dropped } = fixesOf(dataset, { rules: new Set([rule]), review: true });
  const label = bulkTitle(rule, changed, dropped, '');
  return { ...action, edit: toWorkspaceEdit(dataset, edits, { id: rule, label }) };
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
