import type { Mapping } from '../mapping.ts';
import { messages } from './parts.ts';

/** Formats of services that tune models. Several others read the form of OpenAI. */
export const VENDORS: readonly Mapping[] = [
  {
    id: 'gemini',
    title: 'Gemini preference tuning',
    prompt: [
      { at: 'system_instruction|systemInstruction', as: 'parts', role: 'system', optional: true },
      messages('contents'),
    ],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'completions' },
      text: { at: 'completion', as: 'message' },
      order: { kind: 'number', at: ['score'], best: 'high' },
    },
    polarity: 'score 1 marks the better completion, 0 the worse one',
  },
  {
    id: 'amazon-nova',
    title: 'Amazon Nova DPO',
    prompt: [{ at: 'system', as: 'parts', role: 'system', optional: true }],
    answers: {
      kind: 'candidates',
      from: { kind: 'last-message', at: 'messages', list: 'candidates' },
      text: { at: 'content', as: 'parts' },
      order: { kind: 'words', at: 'preferenceLabel', words: ['preferred', 'non-preferred'] },
    },
    polarity: '"preferenceLabel" is "preferred" for the better candidate, "non-preferred" for the worse one',
  },
];
