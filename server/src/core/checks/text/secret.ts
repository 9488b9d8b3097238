import type { AnswerCheck } from '../check.ts';
import { answerRange, responseLabel } from '../check.ts';

/**
 * Keys with a fixed prefix, length and alphabet. Only texts that contain the rarest character, and then part of a prefix, are
 * searched: a search for one character is the fastest, and one for a text stops wherever its first character is, so the
 * part begins with a rare one.
 */
const KINDS: readonly (readonly [name: string, rare: string, parts: readonly string[], pattern: RegExp])[] = [
  ['an AWS access key', 'A', ['KIA', 'SIA'], /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/],
  ['a GitHub token', '_', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], /\bgh[pousr]_[A-Za-z\d]{36}\b/],
  ['a GitHub token', '_', ['github_pat_'], /\bgithub_pat_[A-Za-z\d_]{60,}\b/],
  ['an Anthropic key', '-', ['k-ant-'], /\bsk-ant-[\w-]{80,}/],
  [
    'an OpenAI key',
    '-',
    ['k-'],
    /\bsk-(?:[A-Za-z\d]{20}T3BlbkFJ[A-Za-z\d]{20}|[A-Za-z\d]{48}|(?:proj|svcacct)-[\w-]{80,})(?![\w-])/,
  ],
  ['a Hugging Face token', '_', ['hf_'], /\bhf_[A-Za-z]{34}\b/],
  ['a Google key', 'z', ['AIza'], /\bAIza[\w-]{35}(?![\w-])/],
  ['a Slack token', 'x', ['xox'], /\bxox[abprs]-\d{8,}-[\w-]{10,}/],
  ['a Stripe key', '_', ['k_live_'], /\b[rs]k_live_[A-Za-z\d]{24,}\b/],
  ['an npm token', '_', ['npm_'], /\bnpm_[A-Za-z\d]{36}\b/],
  ['a signed token', 'J', ['yJ'], /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}/],
  [
    'a private key',
    '-',
    ['PRIVATE KEY-----'],
    /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z\d+/=\s]{64,}/,
  ],
];

/** Placeholders for a key. */
const MADE_UP = /(.)\1{5}|EXAMPLE|your|x{4}|1234567|abcdef/i;

/** The first key or token in a text. */
function findSecret(
  text: string,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  for (const [name, rare, parts, pattern] of KINDS) {
    if (!text.includes(rare) || !parts.some((part) => text.includes(part))) continue;
    const found = pattern.exec(text);
    if (found && !MADE_UP.test(found[0]))
      return { name, start: found.index, end: found.index + found[0].length };
  }
  return undefined;
}

export function hasSecret(text: string): boolean {
  return findSecret(text) !== undefined;
}

export const secret: AnswerCheck = {
  id: 'secret',
  severity: 'warning',
  title: 'A response contains a key or token',
  why: 'A key in training data is public. The check recognises each kind by its prefix, length and alphabet, and ignores obvious placeholders. Messages never show the key.',
  example:
    '{"prompt": "How do I log in?", "chosen": "Use AKIA followed by 16 more capitals and digits.", "rejected": "No."}',
  remedy: 'Revoke the key, replace it in the text, and find out where it came from.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  precision: {
    right: 0,
    of: 0,
    on: '13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets)',
  },
  checkAnswer(answer) {
    const found = findSecret(answer.text);
    if (!found) return [];
    const { name, start, end } = found;
    return [
      { place: answerRange(answer, start, end), message: `${responseLabel(answer)} contains ${name}.` },
    ];
  },
};
