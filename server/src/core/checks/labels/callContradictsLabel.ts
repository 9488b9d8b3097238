import { namesRead } from '../../mapping/read.ts';
import type { Call, RightCalls, Tools } from '../../mapping/said/calls.ts';
import { areSameCalls, callsOf, faultOf, rightCalls, toolsOf } from '../../mapping/said/calls.ts';
import type { Place } from '../../model/finding.ts';
import type { Pair } from '../../model/pair.ts';
import type { RecordCheck } from '../check.ts';
import { sideValue } from '../check.ts';

interface Found {
  readonly place: Place;
  readonly message: string;
}

const shown = (calls: readonly Call[]): string =>
  calls.length === 0 ? 'no call' : calls.map(({ name }) => `"${name}"`).join(', ');

/** By the calls that the record says are right. */
function againstRight(
  { path, calls }: RightCalls,
  chosen: readonly Call[],
  rejected: readonly Call[],
): Found[] {
  if (areSameCalls(chosen, calls) || !areSameCalls(rejected, calls)) return [];
  const message = `The rejected answer makes the calls of "${path.join('.')}" (${shown(calls)}), the chosen one other calls or other arguments (${shown(chosen)}).`;
  return [{ place: { path, part: 'value' }, message }];
}

/** By the tools that the record offers. */
function againstTools(tools: Tools, pair: Pair, chosen: readonly Call[], rejected: readonly Call[]): Found[] {
  if (rejected.length === 0 || rejected.some((call) => faultOf(call, tools) !== undefined)) return [];
  const fault = chosen.map((call) => faultOf(call, tools)).find((one) => one !== undefined);
  if (fault === undefined) return [];
  const message = `The chosen answer ${fault}; all calls of the rejected one can be made.`;
  return [{ place: sideValue(pair.chosen), message }];
}

export const callContradictsLabel: RecordCheck = {
  id: 'call-contradicts-label',
  needsPolarity: true,
  severity: 'warning',
  title: 'Only the rejected answer calls the tools as it must',
  why: 'The record holds the right calls (`ground_truth`, `expected_tool_calls`, `answers`), the rejected answer makes them, and the chosen one makes others. Or it offers `tools`, and the chosen answer calls one that is not among them, leaves out an argument that is required, or invents one, while the rejected answer calls them correctly. Calls are compared by name and by every argument, in any order. A trainer learns calls that fail.',
  example:
    '{"prompt": "Weather in Oslo?", "tools": [{"name": "weather", "parameters": {"properties": {"city": {}}, "required": ["city"]}}], "chosen": "<tool_call>{\\"name\\": \\"weather\\", \\"arguments\\": {}}</tool_call>", "rejected": "<tool_call>{\\"name\\": \\"weather\\", \\"arguments\\": {\\"city\\": \\"Oslo\\"}}</tool_call>"}',
  remedy: 'Look at both calls; flip the pair if the rejected one is right.',
  repairs: [{ edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' }],
  source: 'Name and argument match as rewards in ToolRL (2504.13958) and the syntax-tree match of BFCL',
  checkRecord: ({ pairs }, { record, mapping }) => {
    if (pairs.length === 0) return [];
    const right = rightCalls(record, namesRead(mapping));
    const tools = right ? undefined : toolsOf(record);
    if (!right && !tools) return [];
    return pairs.flatMap((pair, i) => {
      const [chosen, rejected] = [callsOf(pair.chosen), callsOf(pair.rejected)];
      if (pair.isTie || !chosen || !rejected) return [];
      const found = right
        ? againstRight(right, chosen, rejected)
        : tools
          ? againstTools(tools, pair, chosen, rejected)
          : [];
      return found.map((one) => ({ ...one, pair: i }));
    });
  },
};
