// The question to a person before a language model edits.
import { describe, expect, it } from 'vitest';

import type { ToolOutput } from '#core/assistant/tools.ts';
import { EDITOR_TOOLS, TOOLS } from '#core/assistant/tools.ts';

import { isAsked, questionFor } from '../../client/src/assistant/confirmation.ts';
import { activeIn, HOSTILE, RAW } from '../attacks/hostile.ts';

const text = (value: string) => ({ text: value, characters: value.length });

const SHOWN: ToolOutput<'show_pair'> = {
  file: 'a/b.jsonl',
  record: 17,
  pair: 1,
  pairs: 1,
  line: 17,
  key: 'k',
  isTie: false,
  findings: [],
  fromDataset: {
    prompt: [{ role: 'user', content: text('Why is the sky blue?') }],
    chosen: text('It mirrors the sea.'),
    rejected: text('Air scatters blue light.'),
    fields: [],
    messages: [],
  },
};
const INPUT = { file: 'a/b.jsonl', record: 17, key: 'k', rule: 'low-margin', reason: 'It is right.' };

describe('the question before an edit', () => {
  it('comes before every tool that changes something, and before no other', () => {
    expect(EDITOR_TOOLS.filter(isAsked)).toEqual(EDITOR_TOOLS.filter((name) => TOOLS[name].kind !== 'read'));
  });

  it('says exactly what changes', () => {
    const flip = questionFor('flip_pair', INPUT, SHOWN);
    expect(flip.title).toBe('Flip record 17 in b.jsonl?');
    expect(flip.message.replaceAll('\\', '')).toBe(
      'Prompt: “Why is the sky blue?”\n\nChosen becomes “Air scatters blue light.”. Rejected becomes “It mirrors the sea.”.\n\nThe edit waits in the editor: Undo takes it back, and nothing is saved before you save the file.',
    );
    const drop = questionFor('drop_record', INPUT, { ...SHOWN, pairs: 3 });
    expect(drop.title).toBe('Drop pair 1 of record 17 in b.jsonl?');
    expect(drop.message).toContain('with its 3 pairs and all its fields');
    const keep = questionFor('keep_finding', INPUT, SHOWN);
    expect(keep.message.replaceAll('\\', '')).toContain(
      'The finding “low-margin” is not reported any more. Reason: “It is right.”',
    );
    expect(questionFor('keep_finding', { ...INPUT, record: undefined as never }, undefined).title).toBe(
      'Ignore a finding of the whole file in b.jsonl?',
    );
  });

  it('says that nothing will change if the record changed', () => {
    expect(questionFor('flip_pair', { ...INPUT, key: 'old' }, SHOWN).message).toContain(
      'will refuse this edit',
    );
  });

  it.each(EDITOR_TOOLS.filter(isAsked))('shows texts of the file and of the model as text: %s', (name) => {
    for (const trap of HOSTILE) {
      const content = text(trap);
      const fromDataset = {
        ...SHOWN.fromDataset,
        chosen: content,
        rejected: content,
        prompt: [{ role: trap, content }],
      };
      const { message } = questionFor(
        name,
        { ...INPUT, reason: trap, rule: trap },
        { ...SHOWN, fromDataset },
      );
      expect([trap, activeIn(message)]).toEqual([trap, []]);
      expect(message.replaceAll('\n\n', '')).not.toMatch(RAW);
    }
  });
});
