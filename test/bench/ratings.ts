// npm run bench:ratings: what the rules about stored ratings find in WildBench pairs with two judges, as they are and with
// planted errors. Needs the shared data beside the clone.
import { examine } from '#core/checks/examine.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { ALL_RULES } from '#core/checks/table.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { JsonObject } from '#core/model/json.ts';

import { readFlips, readLines, WILDBENCH } from './flips.ts';

interface Row extends JsonObject {
  readonly session_id: string;
  readonly chosen: string;
  readonly rejected: string;
  readonly chosen_model: string;
  readonly rejected_model: string;
  readonly score_chosen: number;
  readonly score_rejected: number;
  readonly second_judge_score_chosen: number;
  readonly second_judge_score_rejected: number;
}

const rows = readLines(WILDBENCH).map((line) => JSON.parse(line) as Row);
const flips = readFlips(WILDBENCH, rows.length);

const turned = (row: Row): Row => ({
  ...row,
  chosen: row.rejected,
  rejected: row.chosen,
  chosen_model: row.rejected_model,
  rejected_model: row.chosen_model,
  score_chosen: row.score_rejected,
  score_rejected: row.score_chosen,
  second_judge_score_chosen: row.second_judge_score_rejected,
  second_judge_score_rejected: row.second_judge_score_chosen,
});

/** Numbers of the records with a finding of a rule. */
function found(rule: string, records: readonly JsonObject[]): ReadonlySet<number> {
  const off = Object.fromEntries(ALL_RULES.map(({ id }) => [id, 'off' as const]));
  const rules = resolveRules([{ ...off, [rule]: 'warning' }]);
  const mapping = recognise(records.slice(0, 256))?.mapping;
  if (!mapping) throw new Error('The records are of no known schema');
  const hits = records.flatMap((value, i) =>
    examine({ value, isAscii: false }, mapping, i, rules).findings.length > 0 ? [i] : [],
  );
  return new Set(hits);
}

/** Findings without errors, then those among planted ones and beside them. */
function report(
  rule: string,
  clean: readonly JsonObject[],
  planted: readonly (JsonObject | undefined)[],
): void {
  const before = found(rule, clean);
  const after = found(
    rule,
    clean.map((record, i) => planted[i] ?? record),
  );
  const all = planted.filter((record) => record !== undefined).length;
  const right = [...after].filter((i) => planted[i] !== undefined).length;
  const share = (part: number, of: number): string =>
    `${part} of ${of} (${((100 * part) / of).toFixed(1)} %)`;
  console.log(rule);
  console.log(`  without planted errors: ${share(before.size, clean.length)} records`);
  console.log(`  planted errors found: ${share(right, all)}`);
  console.log(`  findings that are planted errors: ${share(right, after.size)}`);
}

// The label of every fifth pair is turned around: each answer keeps its scores.
report(
  'ratings-contradict-label',
  rows,
  rows.map((row, i) => ((flips[i] ?? 1) < 0 ? turned(row) : undefined)),
);

/** The answers of a task, ranked by the first judge and scored by the second. */
function ranked(own: readonly Row[]): JsonObject {
  const scores = new Map<string, readonly [first: number, second: number]>();
  for (const row of own) {
    scores.set(row.chosen, [row.score_chosen, row.second_judge_score_chosen]);
    scores.set(row.rejected, [row.score_rejected, row.second_judge_score_rejected]);
  }
  const all = [...new Set([...scores.values()].map(([first]) => first))].sort((a, b) => b - a);
  const responses = [...scores].map(([text, [first, second]]) => ({
    text,
    rank: 1 + all.indexOf(first),
    score: second,
  }));
  return { prompt: own[0]?.session_id ?? '', responses };
}

const tasks = [...Map.groupBy(rows, ({ session_id }) => session_id).values()]
  .map(ranked)
  .filter(({ responses }) => (responses as unknown[]).length > 2);

// The ranks of every fifth list count from the other end.
report(
  'scores-against-order',
  tasks,
  tasks.map((task, i) => {
    if (i % 5 > 0) return undefined;
    const responses = task.responses as { rank: number }[];
    const last = Math.max(...responses.map(({ rank }) => rank));
    return {
      ...task,
      responses: responses.map((one) => ({ ...one, rank: 1 + last - one.rank })),
    };
  }),
);
