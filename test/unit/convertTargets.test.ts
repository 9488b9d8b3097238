// The trainers' formats as a table: what each can hold. A pair goes from every format to every other one that can
// hold it and comes back the same; a file in a format is recognised as that format.
import { describe, expect, it } from 'vitest';

import { convertToLines, readSource } from '#core/convert/convert.ts';
import { Losses } from '#core/convert/losses.ts';
import type { ConvertTarget } from '#core/convert/targets.ts';
import { TARGETS } from '#core/convert/targets.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { mappingById } from '#core/mapping/table.ts';
import { canonical } from '#core/model/canonical.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import type { Turn } from '#core/model/pair.ts';
import { speakerWord } from '#core/model/speaker.ts';

import { recordOf } from '../fakes/records.ts';

const user = (content: string): JsonObject => ({ role: 'user', content });
const says = (content: string, more: JsonObject = {}): JsonObject => ({
  role: 'assistant',
  content,
  ...more,
});
const CALL = {
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: { at: 'hill' } } }],
};

/** Pairs of every form, and the formats that hold them whole. */
const PAIRS: Readonly<Record<string, readonly [record: JsonObject, held: readonly string[]]>> = {
  'one question': [
    { prompt: [user('Why?')], chosen: [says('Rain.')], rejected: [says('No idea.')] },
    TARGETS.map(({ id }) => id),
  ],
  'a system message': [
    {
      prompt: [{ role: 'system', content: 'Be brief.' }, user('Why?')],
      chosen: [says('Rain.')],
      rejected: [says('No idea.')],
    },
    [
      ...[
        'trl-messages',
        'trl-messages-implicit',
        'trl-unpaired',
        'openrlhf',
        'axolotl',
        'axolotl-prompt-pairs',
      ],
      ...[
        'axolotl-intel',
        'axolotl-icr',
        'axolotl-argilla',
        'llamafactory',
        'llamafactory-alpaca',
        'llamafactory-kto',
      ],
      ...['ms-swift', 'nemo-aligner', 'nemo-rl', 'torchtune', 'openai-preference', 'xtuner'],
    ],
  ],
  'several turns': [
    {
      prompt: [user('Hi'), says('Hello.'), user('Why?')],
      chosen: [says('Rain.')],
      rejected: [says('No idea.')],
    },
    [
      ...[
        'trl-implicit',
        'trl-messages',
        'trl-messages-implicit',
        'trl-unpaired',
        'openrlhf',
        'axolotl',
        'llamafactory',
      ],
      ...['llamafactory-alpaca', 'llamafactory-kto', 'ms-swift', 'nemo-aligner', 'nemo-rl', 'torchtune'],
      ...['openai-preference', 'xtuner'],
    ],
  ],
  'sides that differ early': [
    {
      prompt: [user('Hi')],
      chosen: [says('Hello.'), user('Why?'), says('Rain.')],
      rejected: [says('What?'), user('Why, though?'), says('No idea.')],
    },
    [
      ...[
        'trl-implicit',
        'trl-messages',
        'trl-messages-implicit',
        'openrlhf',
        'axolotl',
        'ms-swift',
        'nemo-rl',
      ],
      ...['torchtune', 'openai-preference', 'xtuner', 'trl-unpaired', 'llamafactory-kto'],
    ],
  ],
  'a call and its result': [
    {
      prompt: [user('Why?')],
      chosen: [says('', CALL), { role: 'tool', content: 'rain', tool_call_id: 'c1' }, says('Rain.')],
      rejected: [says('No idea.')],
    },
    [
      ...[
        'trl-messages',
        'trl-messages-implicit',
        'trl-unpaired',
        'openrlhf',
        'axolotl',
        'ms-swift',
        'nemo-rl',
      ],
      ...['torchtune', 'openai-preference', 'xtuner'],
    ],
  ],
  reasoning: [
    {
      prompt: [user('Why?')],
      chosen: [says('Rain.', { reasoning_content: 'Look.' })],
      rejected: [says('No.')],
    },
    [
      ...[
        'trl-messages',
        'trl-messages-implicit',
        'trl-unpaired',
        'openrlhf',
        'axolotl',
        'ms-swift',
        'nemo-aligner',
      ],
      ...['nemo-rl', 'torchtune', 'openai-preference', 'xtuner'],
    ],
  ],
};

interface Made {
  readonly lines: readonly string[];
  readonly losses: readonly string[];
}

function convert(target: ConvertTarget, lines: readonly string[], readBy?: string): Made {
  const values = lines.map((line) => JSON.parse(line) as JsonObject);
  const recognition = recognise(values);
  expect(recognition, lines[0]).toBeDefined();
  if (readBy !== undefined) expect(recognition?.mapping.id, lines[0]).toBe(readBy);
  const losses = new Losses();
  const made = lines.flatMap((line, i) => {
    const source = readSource(recordOf(line), recognition!, i);
    return source ? [...convertToLines(target, source, { losses, caveats: new Losses() })] : [];
  });
  return { lines: made, losses: losses.lines() };
}

const plain = (turns: readonly Turn[]): Json =>
  turns.map(({ role, text, more }) => ({
    role: speakerWord(role),
    text: text.trim(),
    ...(more && { more }),
  }));

/** The pairs and verdicts of lines, as one text. */
function contentOf(lines: readonly string[], readBy: string): readonly string[] {
  const mapping = mappingById(readBy)!;
  const recognition = { mapping, confidence: 1, labelPath: [], isGiven: true, unread: [] };
  return lines.flatMap((line) => {
    const read = readRaw(recordOf(line), recognition);
    return [
      ...(read?.pairs ?? []).map(({ prompt, chosen, rejected }) =>
        canonical([plain(prompt), plain(chosen.turns), plain(rejected.turns)]),
      ),
      // A format may keep the turns before an answer's last message in the prompt.
      ...(read?.judgements ?? []).map(({ prompt, response, verdict }) =>
        canonical([plain([...prompt, ...response.turns]), verdict ?? null]),
      ),
    ];
  });
}

const lineOf = (name: string): string => JSON.stringify(PAIRS[name]![0]);
const names = Object.keys(PAIRS);

describe.each(TARGETS)('the format $id', (target) => {
  it('is recognised by its schema, also with fields of its own beside the pair', () => {
    for (const more of [{}, { id: 7, source: 'web', score: 0.5 }]) {
      const line = JSON.stringify({ ...PAIRS['one question']![0], ...more });
      const { lines } = convert(target, [line]);
      const found = recognise(lines.map((one) => JSON.parse(one) as JsonObject));
      const [wanted, is] = [target.readBy, found?.mapping.id ?? ''].map((id) => contentOf(lines, id));
      expect(is).toEqual(wanted);
      if (Object.keys(more).length === 0) expect(found?.mapping.id).toBe(target.readBy);
    }
  });

  it.each(names)('holds it whole, or names what it loses: %s', (name) => {
    const { lines, losses } = convert(target, [lineOf(name)]);
    expect(losses.length === 0, `${lines.join('\n')}\n${losses.join('\n')}`).toBe(
      PAIRS[name]![1].includes(target.id),
    );
    if (lines.length === 0) expect(losses.join()).toContain('is left out');
    // Nobody's question stands in the text of an answer.
    if (name === 'sides that differ early' && target.answers === 'text') expect(lines).toEqual([]);
  });

  it.each(names)('comes back the same from every other format that holds it: %s', (name) => {
    const own = convert(target, [lineOf(name)]);
    if (own.losses.length > 0) return;
    const wanted = contentOf(own.lines, target.readBy);
    expect(wanted.length).toBeGreaterThan(0);
    for (const other of TARGETS) {
      if ((other.verdictAt === undefined) !== (target.verdictAt === undefined)) continue;
      const there = convert(other, own.lines);
      if (there.losses.length > 0) continue;
      const back = convert(target, there.lines);
      // The rank of two completions says no more than their order.
      const lost = back.losses.filter((line) => !line.includes('"completions[].rank" is left out'));
      expect(lost, `${other.id}: ${there.lines.join('\n')}`).toEqual([]);
      expect(contentOf(back.lines, target.readBy), other.id).toEqual(wanted);
    }
  });
});

it('a transcript whose sides differ early becomes messages, and no question stands in an answer', () => {
  const [q, a] = ['\n\nHuman: ', '\n\nAssistant: '];
  const line = JSON.stringify({
    chosen: `${q}Hi${a}Hello.${q}Why?${a}Rain.`,
    rejected: `${q}Hi${a}What?${q}Why, though?${a}No idea.`,
  });
  const messages = convert(
    TARGETS.find(({ id }) => id === 'trl-messages')!,
    [line],
  );
  expect(messages.losses).toEqual([]);
  expect(messages.lines.map((one) => JSON.parse(one) as unknown)).toEqual([
    PAIRS['sides that differ early']![0],
  ]);
  const back = convert(
    TARGETS.find(({ id }) => id === 'trl-implicit')!,
    messages.lines,
  );
  expect(back).toEqual({ lines: [line], losses: [] });
  const texts = convert(
    TARGETS.find(({ id }) => id === 'trl-explicit')!,
    [line],
  );
  expect(texts.lines).toEqual([]);
  expect(texts.losses).toEqual([
    '1 record, first in record 1: a pair whose answers go on with messages of the user is left out: trl-explicit has one text for each; trl-messages keeps them.',
  ]);
});
