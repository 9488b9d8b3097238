// Why a model's template gave no string, and what to do about it.
import { inGroups } from '#core/words/numbers.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type { TemplateFault, TemplateFaultKind, TemplateView } from '#protocol/editor/templates.ts';

interface FaultWords {
  /** With the model {0}, the file or folder {1}, and the detail {2}. */
  readonly what: English;
  readonly next: English;
  /** The detail is a number in `what`. */
  readonly isCounted?: true;
}

const CHECK_TEMPLATE = english('Correct the template in {1}, or choose another one.');

const WORDS: Readonly<Record<TemplateFaultKind, FaultWords>> = {
  untrusted: {
    what: english('PrefLens uses no models and no templates in an untrusted workspace.'),
    next: english('Trust the workspace if you know where the files of {0} come from.'),
  },
  unnamed: {
    what: english('preflens.json does not name {0} for this file any more.'),
    next: english('Choose another template.'),
  },
  missing: {
    what: english('{0} has no chat template: there is none in {1}.'),
    next: english('Save the tokenizer with its template into this folder, or choose another template.'),
  },
  unreadable: {
    what: english('{1} cannot be read.'),
    next: english('Repair the file, or choose another template.'),
  },
  faulty: { what: english('The chat template of {0} is faulty.'), next: CHECK_TEMPLATE },
  refused: {
    what: english('The chat template of {0} does not accept this conversation.'),
    next: english('Look at the order of the roles in the record, or at the template in {1}.'),
  },
  long: {
    what: english('The chat template of {0} writes more than {2} characters, too many to show.'),
    next: CHECK_TEMPLATE,
    isCounted: true,
  },
  slow: {
    what: english('The chat template of {0} took longer than {2} s and was stopped.'),
    next: CHECK_TEMPLATE,
    isCounted: true,
  },
  ended: {
    what: english('The process that runs the chat template of {0} ended.'),
    next: CHECK_TEMPLATE,
  },
};

export interface FaultText {
  readonly what: string;
  /** The words of the template, or of the program that read it; '' if there are none. */
  readonly detail: string;
  readonly next: string;
}

export function faultText({ title }: TemplateView, { kind, at, detail }: TemplateFault): FaultText {
  const { what, next, isCounted = false } = WORDS[kind];
  const count = isCounted ? inGroups(Number(detail)) : '';
  return {
    what: t(what, title, at, count),
    detail: isCounted ? '' : detail,
    next: t(next, title, at),
  };
}

/** Both conversations failed for one reason. */
export function isSameFault(a: TemplateFault, b: TemplateFault): boolean {
  return a.kind === b.kind && a.at === b.at && a.detail === b.detail;
}
