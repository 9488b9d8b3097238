// Pairs and single answers of what people did with answers: edits of drafts, and reactions in conversations.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { correctionIn, thanksIn } from '#core/build/reactions.ts';
import type { BuildReport } from '#core/build/report.ts';

import { build as buildOf } from '../../server/src/cli/build.ts';
import { testCommand } from '../fakes/command.ts';
import { testFolder } from '../fakes/files.ts';

const folder = testFolder('build-signals');

async function build(
  step: object,
  records: readonly object[],
  more: readonly object[] = [],
): Promise<BuildReport> {
  folder.write('data.jsonl', records.map((one) => JSON.stringify(one)).join('\n'));
  const recipe = { inputs: ['data.jsonl'], output: 'out.jsonl', steps: [step, ...more] };
  const command = testCommand();
  await buildOf(command, folder.write('recipe.json', JSON.stringify(recipe)), {
    dryRun: false,
    format: 'json',
  });
  return JSON.parse(command.out.text) as BuildReport;
}

const bytes = (): string => readFileSync(join(folder.path, 'out.jsonl'), 'utf8');
const made = (): Record<string, unknown>[] =>
  bytes()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('edits', () => {
  const STEP = { step: 'edits', to: 'trl-explicit' };

  it('choose the edited text and reject the draft, with the fields beside them, and say what made the record', async () => {
    const { steps } = await build(STEP, [
      { prompt: 'Greet me.', draft: 'hello', edited: 'Hello there!', editor: 'Ann', n: 1 },
      { prompt: 'Count.', draft: 'one, two', edited: 'one, two', editor: 'Ann' },
      { prompt: 'Count.', draft: 'one,  two', edited: 'one, two \n', editor: 'Ben' },
      { prompt: 'Say no.', draft: '', edited: 'No.' },
      { prompt: 'Say no.', draft: 'No.', edited: ' ' },
      { prompt: 'No edit.', draft: 'Yes.' },
    ]);
    expect(made()).toEqual([
      {
        prompt: 'Greet me.',
        chosen: 'Hello there!',
        rejected: 'hello',
        editor: 'Ann',
        n: 1,
        built_from: 'edit',
      },
    ]);
    expect(steps[0]?.notes).toEqual([
      '1 record without a draft and an edited text that can be read: dropped.',
    ]);
    expect(steps[1]).toMatchObject({
      before: 5,
      after: 1,
      notes: [
        '1 record, first in record 2: the edit changes nothing.',
        '1 record, first in record 3: the edit changes only white space.',
        '1 record, first in record 4: the draft is empty.',
        '1 record, first in record 5: the edited text is empty.',
      ],
    });
  });

  it('are dropped below the least share of changed words: 1 − 2·LCS/(words of both)', async () => {
    const draft = 'a b c d e f g h i j';
    const { steps } = await build({ ...STEP, least: 0.15 }, [
      { prompt: 'One of ten.', draft, edited: 'a b c d X f g h i j' },
      { prompt: 'Two of ten.', draft, edited: 'a b X d X f g h i j' },
    ]);
    // One word of ten: 1 − 2·9/20 = 0.1. Two: 0.2.
    expect(made().map(({ prompt }) => prompt)).toEqual(['Two of ten.']);
    expect(steps[1]?.notes).toContain(
      '1 record, first in record 1: the edit changes less than 15 % of the words.',
    );
  });

  it('have fields that the recipe names, or known names that may differ from record to record', async () => {
    const both = {
      prompt: 'p',
      original: 'One.',
      revision: 'Two.',
      model_output: 'Three.',
      edited_output: 'Four.',
    };
    await build({ ...STEP, draft: 'original', edited: 'revision' }, [both, both]);
    expect(made()[0]).toMatchObject({ rejected: 'One.', chosen: 'Two.' });
    await build(STEP, [
      { prompt: 'p', original: 'One.', revision: 'Two.' },
      { prompt: 'q', model_output: 'Three.', edited_output: 'Four.' },
      { prompt: 'r', response: 'Five.', edited_response: 'Six.' },
    ]);
    expect(made().map(({ chosen, rejected }) => [rejected, chosen])).toEqual([
      ['One.', 'Two.'],
      ['Three.', 'Four.'],
      ['Five.', 'Six.'],
    ]);
  });

  it('take the place of the last answer of a conversation, and keep numbers as they are spelled', async () => {
    folder.write(
      'data.jsonl',
      '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo."}], "draft": "Yo.", "edited": "Hello.", "id": 12345678901234567890}',
    );
    const command = testCommand();
    const recipe = { inputs: ['data.jsonl'], output: 'out.jsonl', steps: [{ step: 'edits' }] };
    await buildOf(command, folder.write('recipe.json', JSON.stringify(recipe)), {
      dryRun: false,
      format: 'json',
    });
    expect(bytes()).toContain('"id":12345678901234567890');
    expect(made()[0]).toMatchObject({
      prompt: [{ role: 'user', content: 'Hi' }],
      chosen: [{ role: 'assistant', content: 'Hello.' }],
      rejected: [{ role: 'assistant', content: 'Yo.' }],
    });
  });

  it('must come first, and name both fields or none', async () => {
    const data = [{ prompt: 'p', draft: 'a', edited: 'b' }];
    await expect(build({ step: 'where', query: 'a' }, data, [STEP])).rejects.toThrow(
      'must be the first step',
    );
    await expect(build({ ...STEP, draft: 'draft' }, data)).rejects.toThrow('both "draft" and "edited"');
    await build({ step: 'source' }, data, [STEP, { step: 'column', value: 'copy', of: 'length', name: 'n' }]);
    expect(made()[0]).toMatchObject({ source_file: 'data.jsonl', source_line: 1, n: 2 });
  });
});

/** A conversation that begins with a question. */
const talk = (...texts: readonly string[]): { messages: object[] } => ({
  messages: texts.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content })),
});

const QUESTION = 'What is the capital of Australia?';
const WRONG = 'The capital of Australia is the beautiful city of Sydney.';
const RIGHT = 'Canberra, a planned city between Sydney and Melbourne, has been the capital since 1913.';

describe('reactions', () => {
  const PAIRS = { step: 'reactions', make: 'pairs' };
  const ANSWERS = { step: 'reactions', make: 'answers' };

  it('make a pair of a rejected answer and the accepted second one, on the prompt up to that turn', async () => {
    const { steps } = await build(PAIRS, [
      { id: 7, ...talk('Hi', 'Hello!', QUESTION, WRONG, 'That is wrong. Try again.', RIGHT, 'Thanks!') },
    ]);
    expect(made()).toEqual([
      {
        id: 7,
        prompt: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello!' },
          { role: 'user', content: QUESTION },
        ],
        chosen: [{ role: 'assistant', content: RIGHT }],
        rejected: [{ role: 'assistant', content: WRONG }],
        built_from: 'correction',
        reaction: 'That is wrong',
      },
    ]);
    expect(steps[1]?.notes[0]).toBe('1 conversation is read. Kept by what was read: correction 1.');
  });

  it.each([
    ['no answer follows', [QUESTION, WRONG, 'That is wrong.']],
    [
      'the correction says something new',
      [QUESTION, WRONG, 'Wrong. I meant Austria, Vienna, Danube.', RIGHT, 'Thanks!'],
    ],
    [
      'the second answer ends with a question',
      [QUESTION, WRONG, 'That is wrong.', 'Which one do you mean?', 'Thanks!'],
    ],
    [
      'the second answer speaks of the first',
      [QUESTION, WRONG, 'That is wrong.', `I apologize. ${RIGHT}`, 'Thanks!'],
    ],
    ['the second answer is much shorter', [QUESTION, WRONG, 'That is wrong.', 'Yes.', 'Thanks!']],
    ['the second answer is nearly the first', [QUESTION, WRONG, 'That is wrong.', `${WRONG} `, 'Thanks!']],
    [
      'the second answer holds the first',
      [QUESTION, WRONG, 'That is wrong.', `${WRONG} ${RIGHT}`, 'Thanks!'],
    ],
    [
      'the second answer may be rejected, too',
      [QUESTION, WRONG, 'That is wrong.', RIGHT, 'It is still not what I need.'],
    ],
    [
      'the user does not accept the second answer',
      [QUESTION, WRONG, 'That is wrong.', RIGHT, 'How large is it?'],
    ],
  ])('make no pair where %s, and say so', async (why, texts) => {
    const good = talk(
      'Name a river.',
      'The Nile is a street.',
      'Incorrect.',
      'It is a river in Africa.',
      'Better, thank you',
    );
    const { steps } = await build(PAIRS, [good, talk(...texts)]);
    expect(made()).toHaveLength(1);
    expect(steps[1]?.notes).toContain(
      `1 record, first in record 2: a rejected answer makes no pair: ${why}.`,
    );
  });

  it('are taken less strictly on request', async () => {
    const loose = { ...PAIRS, strict: false, confirmed: false };
    await build(loose, [
      talk(QUESTION, WRONG, 'That is wrong, it is Canberra by law.', `I am sorry. ${RIGHT}`),
    ]);
    expect(made()).toHaveLength(1);
  });

  it('make single answers with a verdict', async () => {
    const { steps } = await build(ANSWERS, [
      talk(QUESTION, WRONG, 'That’s not correct.', RIGHT, 'Thank you! And of New Zealand?', 'Wellington.'),
      talk(
        QUESTION,
        'Do you mean the country, the continent or the state of South Australia?',
        'Thanks.',
        RIGHT,
      ),
      talk(QUESTION, 'I’m sorry, but I can’t help with that request about places.', 'Thanks', RIGHT),
      talk(QUESTION, RIGHT, 'Thanks, but that does not help me.', RIGHT),
      { text: 'no conversation' },
    ]);
    expect(
      made().map(({ prompt, completion, label, built_from: from }) => [
        (prompt as []).length,
        completion,
        label,
        from,
      ]),
    ).toEqual([
      [1, [{ role: 'assistant', content: WRONG }], false, 'correction'],
      [3, [{ role: 'assistant', content: RIGHT }], true, 'thanks'],
    ]);
    expect(steps[1]?.notes).toEqual([
      '4 conversations are read. Kept by what was read: correction, bad 1; thanks, good 1.',
      '1 record, first in record 2: a reaction is left out: the answer ends with a question.',
      '1 record, first in record 5: no conversation in which a user speaks after an answer.',
    ]);
  });

  it('are read from a thumb of the answer or of the next turn, which no message keeps', async () => {
    const say = (role: string, content: string, more = {}): object => ({ role, content, ...more });
    await build(ANSWERS, [
      {
        messages: [
          say('user', QUESTION),
          say('assistant', WRONG, { feedback: 'thumbs_down', name: 'bot' }),
          say('user', 'Thanks!'),
          say('assistant', RIGHT, { annotation: { rating: 1 } }),
        ],
      },
      { messages: [say('user', 'One?'), say('assistant', 'Yes.', { rating: 1 }), say('user', 'Go on')] },
    ]);
    expect(made()).toEqual([
      {
        prompt: [say('user', QUESTION)],
        completion: [say('assistant', WRONG, { name: 'bot' })],
        label: false,
        built_from: 'thumbs',
        reaction: 'feedback: thumbs_down',
      },
      {
        prompt: [say('user', QUESTION), say('assistant', WRONG, { name: 'bot' }), say('user', 'Thanks!')],
        completion: [say('assistant', RIGHT)],
        label: true,
        built_from: 'thumbs',
        reaction: 'annotation.rating: 1',
      },
    ]);
    // A bare number may be a rating of any scale, unless the recipe says that it is a thumb.
    await build({ ...ANSWERS, thumbs: 'rating' }, [
      { messages: [say('user', 'One?'), say('assistant', 'Yes.', { rating: -1 }), say('user', 'Go on')] },
    ]);
    expect(made()).toMatchObject([{ label: false, reaction: 'rating: -1' }]);
  });

  it('stand in ShareGPT, in transcripts and in texts in turn, and count once where a file repeats them', async () => {
    const texts = [QUESTION, WRONG, 'You are wrong.', RIGHT];
    const turn = (value: string, i: number): object => ({ from: i % 2 === 0 ? 'human' : 'gpt', value });
    const { steps } = await build(ANSWERS, [
      { conversations: texts.map(turn) },
      { conversations: [...texts, 'How large is it?', 'It has 400,000 people.'].map(turn) },
      {
        chosen: texts.map((text, i) => `\n\n${i % 2 === 0 ? 'Human' : 'Assistant'}: ${text}`).join(''),
        rejected: 'x',
      },
      { history: ['Name a sea.', 'The Danube.', 'That is incorrect.', 'The Baltic Sea.'] },
    ]);
    expect(made().map(({ label }) => label)).toEqual([false, false]);
    expect(made()[0]).toMatchObject({ completion: [{ role: 'assistant', content: WRONG }] });
    expect(made().every((one) => !('rejected' in one))).toBe(true);
    expect(steps[1]?.notes).toContain('2 records, first in record 2: a reaction is made already.');
  });

  it('give the same bytes again, and name a format of the other kind', async () => {
    const data = [talk(QUESTION, WRONG, 'That is wrong.', RIGHT, 'Perfect!')];
    await build(PAIRS, data);
    const first = bytes();
    await build(PAIRS, data);
    expect(bytes()).toBe(first);
    await expect(build({ ...PAIRS, to: 'trl-unpaired' }, data)).rejects.toThrow(
      'a format for the other kind',
    );
    await expect(build({ ...ANSWERS, strict: false }, data)).rejects.toThrow('which are for pairs');
  });
});

describe('a turn', () => {
  it.each([
    'That’s wrong.',
    "No, that's not what I asked",
    'Both of your responses are incorrect.  Nigeria is larger.',
    'Wrong again, think.',
    'you didn’t answer my question',
    'This isn’t quite right',
    'I did not ask for an explanation of the solstice.',
    'Please try again.',
  ])('rejects: %s', (text) => {
    expect(correctionIn(text)).toBeDefined();
  });

  it.each([
    'No, I want to make the noodles from scratch.',
    'What is wrong with him?',
    'It is wrong to steal, so what should I do?',
    'My wife is never wrong.',
    'YOUR INPUT VIOLATES OUR GUIDELINES. PLEASE TRY AGAIN.',
    'Is there something wrong with you?',
    'nope',
    `That is wrong. ${'A long text of my own. '.repeat(20)}`,
  ])('does not reject: %s', (text) => {
    expect(correctionIn(text)).toBeUndefined();
  });

  it.each([
    'Thanks!',
    'Okay, thanks for all that.',
    'Great, thank you. How large is it?',
    'That is very helpful',
    'Perfect!',
  ])('thanks: %s', (text) => {
    expect(thanksIn(text, RIGHT)).toBeDefined();
  });

  it.each([
    'Thanks, but no.',
    'Great. What is the number?',
    'No thanks',
    'thanks for nothing',
    'Thanks in advance',
    'Wow',
  ])('does not thank: %s', (text) => {
    expect(thanksIn(text, RIGHT)).toBeUndefined();
  });
});
