import type { AnswerCheck, CheckedAnswer } from '../check.ts';
import { answerRange, responseLabel } from '../check.ts';
import { AT_SIGN } from '../view.ts';

/** Real numbers have at least this many different digits. */
const MIN_DIGITS = 4;

interface Kind {
  readonly name: string;
  /** Quick test: false if the text can't contain one. */
  readonly mayHold: (answer: CheckedAnswer) => boolean;
  readonly pattern: RegExp;
  readonly isReal: (text: string) => boolean;
}

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

/** The check digit of payment cards (H. P. Luhn, 1954). */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? 2 * digit : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616: move the first four characters to the end, read letters as numbers; modulo 97 must be 1. */
function passesIban(text: string): boolean {
  const compact = text.replaceAll(' ', '');
  const moved = compact.slice(4) + compact.slice(0, 4);
  let rest = 0;
  for (const char of moved) {
    for (const digit of Number.parseInt(char, 36).toString()) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

/** Domains and names that don't refer to a real person. */
const MADE_UP =
  /@(?:example|test|domain|email|mail|company|yourcompany|yourdomain|mydomain|website|yourwebsite|xyz|abc|acme|sample|foo|bar|localhost|hostname|server|host|your)\b|example\.|^(?:you|your|yourname|your\.name|name|user|username|email|someone|somebody|me|admin|info|support|contact|test|foo|abc|xyz|john\.?doe|jane\.?doe|johndoe|janedoe|john|jane|noreply|no-reply|hello|sales|help|press|media|feedback|service|customer|booking|reservations?|hotels?|office|team|git|root|first\.last|firstname)[\w.+-]*@/i;

const KINDS: readonly Kind[] = [
  {
    name: 'an e-mail address',
    mayHold: ({ view }) => (view.marks & AT_SIGN) !== 0,
    pattern:
      /\b[\w.+-]{2,64}@[a-z\d-]{2,}(?:\.[a-z\d-]{2,})*\.(?:com|org|net|edu|gov|mil|info|biz|io|ai|app|dev|me|[a-z]{2})\b/gi,
    isReal: (text) => !MADE_UP.test(text),
  },
  {
    name: 'a telephone number',
    mayHold: ({ view }) => view.digits >= MIN_DIGITS,
    pattern:
      /(?<![\w.+\/=-])(?:\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}[ .-]\d{2,4}(?:[ .-]?\d{2,4}){1,3}|\(\d{3}\) ?\d{3}[ -]\d{4}|\d{3}-\d{3}-\d{4})(?![\w-]|\.\d)/g,
    isReal(text) {
      const digits = digitsOf(text);
      // 800 and similar numbers are companies, 555 is for films; runs and repeats are made up.
      return (
        !/^1?8(?:00|33|44|55|66|77|88)|555|0{4}|1{4}|9{4}|12345?|4567|5678|6789|98765/.test(digits) &&
        digits.length >= 9 &&
        digits.length <= 15
      );
    },
  },
  {
    name: 'a payment card number',
    mayHold: ({ view }) => view.digits >= MIN_DIGITS,
    pattern: /(?<![\w.-])(?:4\d{3}|5[1-5]\d{2}|3[47]\d{2}|6011)(?:[ -]?\d{4}){2}[ -]?\d{3,4}(?![\w-]|\.\d)/g,
    isReal: (text) => passesLuhn(digitsOf(text)) && !/1234|1111|0000|4242/.test(digitsOf(text)),
  },
  {
    name: 'an IBAN',
    mayHold: ({ view }) => view.digits >= MIN_DIGITS,
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?\b/g,
    isReal: passesIban,
  },
  {
    name: 'a US social security number',
    mayHold: ({ view }) => view.digits >= MIN_DIGITS,
    pattern: /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g,
    isReal: (text) => !/123-45-6789|078-05-1120/.test(text),
  },
];

function masked(text: string): string {
  return text.length < 6 ? '…' : `${text.slice(0, 2)}…${text.slice(-2)}`;
}

export const personalData: AnswerCheck = {
  id: 'personal-data',
  severity: 'off',
  title: 'A response may contain personal data',
  why: 'Trained models repeat addresses and numbers of real people from the training data, and sharing them may be illegal. The check ignores placeholders such as name@example.com and 555 numbers; cards and IBANs must have valid check digits. Messages show only the first and last characters.',
  example:
    '{"prompt": "How do I reach her?", "chosen": "Write to marie.dubois@orange.fr.", "rejected": "Ask."}',
  remedy: 'Replace the data with a placeholder, or drop the record.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  precision: {
    right: 7,
    of: 8,
    on: 'all findings in 13,252 records of 17 public files (HH-RLHF, WildBench, LLMBar, PandaLM, Tulu, LLaMA-Factory, medical and other sets). The list of made-up names was tuned on the same findings, of which 11 of 21 had been right before, so the rule is off by default',
  },
  checkAnswer: (answer) =>
    KINDS.flatMap(({ name, mayHold, pattern, isReal }) => {
      if (!mayHold(answer)) return [];
      for (const found of answer.text.matchAll(pattern)) {
        if (!isReal(found[0])) continue;
        const message = `${responseLabel(answer)} contains ${name} (${masked(found[0])}).`;
        return [{ place: answerRange(answer, found.index, found.index + found[0].length), message }];
      }
      return [];
    }).slice(0, 1),
};
