// Converts an item to model input: chat template, tokenizer, special tokens, truncation.
import { Tokenizer } from '@huggingface/tokenizers';

import type { Patterns, Piece, Sequence, Tokenize } from '#core/reward/encode.ts';
import { fit, formatParts, patternsOf, plainPrompt, surround, Unscorable } from '#core/reward/encode.ts';
import type { ModelSpec } from '#core/reward/folder.ts';
import type { BytesOf, TokenSpelling } from '#core/reward/tokenPlaces.ts';
import { tokenBytes } from '#core/reward/tokenPlaces.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { Conversation } from '#protocol/editor/templates.ts';
import type { ScoringItem } from '#protocol/scorer.ts';

import type { WriteChat } from './chat.ts';
import { chatWriter } from './chat.ts';

/** The sequences of an item: one, or one per order for a pair. Throws Unscorable. */
export type Encode = (item: ScoringItem) => readonly Sequence[];

interface Tools {
  readonly spec: ModelSpec;
  readonly tokenize: Tokenize;
  readonly patterns: Patterns;
}

const piece = (ids: readonly number[], slot?: Piece['slot']): Piece => ({
  ids,
  type: 0,
  ...(slot && { slot }),
});

/** Uses the whole text if it fits, so that it is tokenised as in training. */
function wholeOr(tools: Tools, whole: () => Piece[], parts: () => readonly Piece[]): Sequence {
  const { maxTokens, truncate } = tools.spec;
  const pieces = whole();
  const length = pieces.reduce((sum, { ids }) => sum + ids.length, 0);
  return length <= maxTokens ? fit(pieces, maxTokens, truncate) : fit(parts(), maxTokens, truncate);
}

function formatEncoder(tools: Tools, format: string): (item: ScoringItem, swap: boolean) => Sequence {
  const { spec, tokenize, patterns } = tools;
  const parts = formatParts(format);
  return ({ prompt, texts }, swap) => {
    const [one = '', two = ''] = swap ? [texts[1], texts[0]] : texts;
    const values: Record<string, string> = {
      prompt: plainPrompt(prompt),
      response: one,
      first: one,
      second: two,
    };
    const pieces = (): Piece[] =>
      parts.map((part) =>
        typeof part === 'string'
          ? piece(tokenize(part))
          : piece(tokenize(values[part.place] ?? ''), part.place === 'prompt' ? 'prompt' : 'answer'),
      );
    // A likelihood counts only the answer's tokens, so they must be separate.
    if (spec.pass === 'likelihood') {
      return fit(surround(patterns.single, pieces()).filter(keepStart), spec.maxTokens, spec.truncate);
    }
    const text = parts.map((part) => (typeof part === 'string' ? part : (values[part.place] ?? ''))).join('');
    return wholeOr(
      tools,
      () => surround(patterns.single, [piece(tokenize(text), 'answer')]),
      () => surround(patterns.single, pieces()),
    );
  };
}

/** Drops special tokens after the answer, which a language model should not be scored on. */
function keepStart({ slot }: Piece, at: number, all: readonly Piece[]): boolean {
  return slot !== undefined || at < all.findIndex((one) => one.slot === 'answer');
}

/** A template that refuses a conversation refuses that text only. */
function written(write: WriteChat, conversation: Conversation): string {
  try {
    return write(conversation);
  } catch (error) {
    throw new Unscorable(`the chat template rejects it: ${errorMessage(error)}`);
  }
}

function chatEncoder(
  tools: Tools,
  form: Extract<ModelSpec['text'], { kind: 'chat' }>,
): (item: ScoringItem) => Sequence {
  const { spec, tokenize } = tools;
  const write = chatWriter(form);
  return ({ prompt, texts: [answer = ''] }) => {
    const whole = written(write, [...prompt, { role: 'assistant', text: answer }]);
    const split = (): Piece[] => {
      // Templates may trim an answer but not change it.
      const text = whole.includes(answer) ? answer : answer.trim();
      const at = whole.lastIndexOf(text);
      if (at < 0)
        throw new Unscorable(
          'the chat template changes the answer, so the text, which is too long, can’t be cut',
        );
      const before = tokenize(whole.slice(0, at));
      // A leading special token survives a cut of the prompt.
      const bos = form.tokens['bos_token'];
      const kept = bos !== undefined && whole.startsWith(bos) ? 1 : 0;
      const after = tokenize(whole.slice(at + text.length));
      const ends = spec.pass === 'likelihood' ? piece(after, 'answer') : piece(after);
      return [
        piece(before.slice(0, kept)),
        piece(before.slice(kept), 'prompt'),
        piece(tokenize(text), 'answer'),
        ends,
      ];
    };
    if (spec.pass === 'likelihood') return fit(split(), spec.maxTokens, spec.truncate);
    return wholeOr(tools, () => [piece(tokenize(whole), 'answer')], split);
  };
}

function encoderOf(tools: Tools): Encode {
  const { spec, tokenize, patterns } = tools;
  const { text } = spec;
  switch (text.kind) {
    case 'chat': {
      const encode = chatEncoder(tools, text);
      return (item) => [encode(item)];
    }
    case 'format': {
      const encode = formatEncoder(tools, text.format);
      return (item) =>
        spec.pass === 'pair' ? [encode(item, false), encode(item, true)] : [encode(item, false)];
    }
    case 'two-texts':
      return ({ prompt, texts: [answer = ''] }) => {
        const a = piece(tokenize(plainPrompt(prompt)), 'prompt');
        const b = piece(tokenize(answer), 'answer');
        return [fit(surround(patterns.pair, [a], [b]), spec.maxTokens, spec.truncate)];
      };
  }
}

interface TokenizerJson extends TokenSpelling {
  readonly post_processor?: unknown;
}

export interface Encoder {
  readonly encode: Encode;
  readonly bytesOf: BytesOf;
}

/**
 * Creates a model's encoder from its parsed tokenizer.json and tokenizer_config.json. Throws if the reference ids
 * don't match or the files can't be used.
 */
export function encoderFor(
  spec: ModelSpec,
  tokenizerJson: TokenizerJson,
  tokenizerConfig: object,
  referenceIds: readonly { readonly text: string; readonly ids: readonly number[] }[],
): Encoder {
  // Truncation and padding happen here, not in the tokenizer.
  const tokenizer = new Tokenizer({ ...tokenizerJson, truncation: null, padding: null }, tokenizerConfig);
  const tokenize: Tokenize = (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  for (const { text, ids } of referenceIds) {
    const own = tokenize(text);
    const places = Array.from({ length: Math.max(own.length, ids.length) }, (_, i) => i);
    const at = places.find((i) => own[i] !== ids[i]);
    if (at === undefined) continue;
    throw new Error(
      `the tokenizer does not give the reference ids for ${JSON.stringify(text.slice(0, 60))}: ` +
        `token ${at} is ${own[at] ?? 'missing'} here, ${ids[at] ?? 'nothing'} there`,
    );
  }
  const added = tokenizer.get_added_tokens_decoder();
  return {
    encode: encoderOf({ spec, tokenize, patterns: patternsOf(tokenizerJson.post_processor) }),
    bytesOf: tokenBytes(
      tokenizerJson,
      (id) => tokenizer.id_to_token(id),
      (id) => added.has(id),
    ),
  };
}
