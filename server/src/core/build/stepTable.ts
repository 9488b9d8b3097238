// The steps with their settings, as a JSON schema; the reference is written from it.
import { COLUMN_VALUES, PAIR_CHOICES, REACTION_RECORDS } from './choices.ts';
import { EDIT_NAMES } from './edits.ts';
import { CONVERSATION_NAMES } from './reactions.ts';
import type { Step } from './recipe.ts';

const SEED = {
  type: 'integer',
  minimum: 0,
  description: 'Of the random numbers of this step. Default: the seed of the recipe.',
} as const;

const NAME = { type: 'string', minLength: 1, maxLength: 200 } as const;

const measure = (what: string): object => ({
  ...NAME,
  description: `${what}: an earlier column, a fact of queries (\`margin\` from the scorer, \`length\`, \`length_difference\` …), \`strength\` (how much better the record itself says that the chosen answer is: a margin, ratings, votes), \`votes\` (the share of the record’s named votes for it), or a field with a number (\`.score\`).`,
});

const group = (what: string): object => ({
  ...NAME,
  description: `${what}: \`prompt\`, \`file\`, a fact of queries or a field.`,
});

const TARGET = {
  ...NAME,
  description:
    'Id of a trainer’s format, as `preflens convert --to` has it. Default where it may be left out: trl-messages.',
} as const;

const percent = (what: string): object => ({ type: 'number', minimum: 0, maximum: 100, description: what });
const share = (what: string): object => ({
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1,
  description: what,
});
const positive = (what: string): object => ({ type: 'number', exclusiveMinimum: 0, description: what });
const count = (what: string, minimum = 1): object => ({ type: 'integer', minimum, description: what });

interface StepSchema {
  readonly description: string;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

export const STEPS: Readonly<Record<Step['step'], StepSchema>> = {
  where: {
    description:
      'Keeps the records that a query selects. A record with several pairs is kept if one of them is selected.',
    required: ['query'],
    properties: {
      query: { type: 'string', minLength: 1, description: 'A query, as `preflens explain query` says.' },
    },
  },
  band: {
    description:
      'Keeps a band of percentiles. Equal numbers have one percentile: the share below them plus half of their own. Records without the number are dropped.',
    required: ['of'],
    properties: {
      of: measure('The number'),
      from: percent('From this percentile on. Default: 0.'),
      to: percent('Up to this one, included. Default: 100.'),
      by: group('Percentiles within each group'),
    },
  },
  sample: {
    description:
      'Draws records at random, and keeps their order. With the same seed a smaller sample is a part of every larger one.',
    required: [],
    properties: {
      size: count('So many records.'),
      share: share('This share of the records.'),
      by: group('Each group is drawn from by its share of the records'),
      even: { type: 'boolean', description: 'With `by`: as many from each group as from the others.' },
      seed: SEED,
    },
  },
  limit: {
    description: 'Keeps no more than so many records of each group.',
    required: ['per', 'count'],
    properties: {
      per: group('The group'),
      count: count('So many.'),
      best: measure('Those with the largest number are kept, instead of the first ones'),
    },
  },
  diverse: {
    description:
      'Keeps a record only if no kept record is nearer: distance is 1 − the share of word triples in common, estimated from sketches, as `near-duplicate-pair` does it. Up to a distance of 0.5, because records that have less in common may not be found.',
    required: ['distance'],
    properties: {
      distance: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 0.5,
        description: 'The smallest distance to the nearest kept record.',
      },
      best: measure('Records with the largest number come first, such as quality × complexity in a field'),
    },
  },
  column: {
    description:
      'Adds a field to each record. All its other bytes stay. A record of several pairs has no single value: make `pairs` or `convert` first.',
    required: ['value'],
    properties: {
      value: { enum: Object.keys(COLUMN_VALUES), description: 'What the field holds; see below.' },
      name: { ...NAME, description: 'Name of the field. Default: that of the value.' },
      of: measure('The number that it is computed from. Default: `margin`'),
      gamma: positive('γ of soft_label and focal. Default: 1.'),
      temperature: positive('Of posterior and smoothing. Default: 1.'),
      noise: {
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 0.5,
        description: 'The share of wrong labels, for posterior and smoothing. Default: estimated.',
      },
      base: positive('β₀ of beta. Default: 0.1.'),
      scale: positive('w of beta. Default: 1.'),
      rate: positive('k of beta. Default: 1.'),
      stages: count('Groups of stage. Default: 3.', 2),
      missing: {
        anyOf: [{ type: 'number' }, { enum: ['null', 'drop'] }],
        description:
          'For records without the number (ties, unscored pairs): this number, null, or drop the record. Default: null.',
      },
      replace: { type: 'boolean', description: 'Replace a field of this name. Default: false, an error.' },
    },
  },
  source: {
    description: 'Adds `source_file` and `source_line`: where each record comes from.',
    required: [],
    properties: {},
  },
  pairs: {
    description:
      'Makes pairs of scored candidates: those of one record, or single answers with a verdict that have the same prompt.',
    required: ['choose'],
    properties: {
      choose: { enum: Object.keys(PAIR_CHOICES), description: 'Which candidates; see below.' },
      to: TARGET,
      gap: {
        type: 'number',
        minimum: 0,
        description:
          'Pairs with a smaller difference of scores are left out. Default: 0, but equal scores make no pair.',
      },
      beta: positive('β of rejection. Default: 1.'),
      count: count('No more pairs of one prompt than this, for rejection and correct-wrong. Default: 1.'),
      threshold: { type: 'number', description: 'Ratings from here on are good, for correct-wrong.' },
    },
  },
  convert: {
    description:
      'Writes each pair, or each single answer, in a trainer’s format; `trl-unpaired` makes single answers of pairs.',
    required: ['to'],
    properties: {
      to: TARGET,
      threshold: {
        anyOf: [{ type: 'number' }, { enum: ['middle'] }],
        description:
          'To single answers: a chosen answer whose own score is below, and a rejected one whose score is not, are left out. "middle" is δ = ½(mean score of chosen + mean score of rejected answers).',
      },
    },
  },
  negatives: {
    description:
      'Adds pairs across prompts: the chosen answer of a record against the chosen one of another, random prompt. Every record then has `built_from`: "record" or "cross-prompt". The pairs are written in a trainer’s format. A split keeps their prompts on one side, but an answer of the other side may be their rejected one.',
    required: ['share'],
    properties: {
      share: share('So many for each record.'),
      to: TARGET,
    },
  },
  edits: {
    description:
      'Makes pairs of a draft and what a person made of it: the edited text is chosen, the draft rejected. It must be the first step. Every pair has `built_from`: "edit". Edits that change nothing or only white space, and empty texts, are dropped. Nobody compared the two: an edit may follow a taste, or a guideline, and need not be better in every respect.',
    required: [],
    properties: {
      draft: {
        ...NAME,
        description: `The field with the draft; inside an object, as "object.field". Default: known names, with that of the edited text: ${EDIT_NAMES.map(([draft, edited]) => `\`${draft}\` and \`${edited}\``).join(', ')}.`,
      },
      edited: { ...NAME, description: 'The field with the edited text, if `draft` is given.' },
      least: share(
        'The least share of changed words, 1 − 2·LCS/(words of both); LCS is the longest common subsequence of words. Smaller edits are dropped. Default: any change.',
      ),
      to: TARGET,
    },
  },
  reactions: {
    description:
      'Makes records of conversations in which a user reacts to an answer: by a thumb, or by the words of the next turn in English. It must be the first step. Every record has `built_from` ("thumbs", "correction" or "thanks") and `reaction`, what was read. See below what counts.',
    required: ['make'],
    properties: {
      make: { enum: Object.keys(REACTION_RECORDS), description: 'Which records; see below.' },
      conversation: {
        ...NAME,
        description: `The field with the conversation: messages, ShareGPT, texts in turn, a transcript, or messages as JSON text. Default: the first of ${CONVERSATION_NAMES.map((name) => `\`${name}\``).join(', ')} in which a user speaks after an answer.`,
      },
      thumbs: {
        ...NAME,
        description:
          'The field of a message with a thumb, which the answer or the user’s next turn may have. Default: known names such as `feedback`, `thumbs` and `annotation.rating`.',
      },
      confirmed: {
        type: 'boolean',
        description:
          'For pairs: only those whose second answer the user then accepts, by a thumb, thanks or words such as “Better” and “That works”. Default: true. Of 43 second answers that we read without it, 19 were the better ones; of the 7 that `strict` leaves, 4.',
      },
      strict: {
        type: 'boolean',
        description:
          'For pairs. false also takes corrections with more than two new words, which may change the request, and second answers that speak of the first (“I apologize for my mistake”), from which a model learns to apologise for nothing. Default: true.',
      },
      to: {
        ...NAME,
        description:
          'Id of a trainer’s format, as `preflens convert --to` has it. Default: trl-messages for pairs, trl-unpaired for answers.',
      },
    },
  },
  split: {
    description:
      'Writes a file for each part, by clusters of prompts; it must be the last step. Records with the same prompt, the same letters and digits in it, or nearly the same (about four in five word triples) stay together.',
    required: ['parts'],
    properties: {
      parts: {
        type: 'object',
        minProperties: 2,
        propertyNames: { pattern: '^[A-Za-z0-9_-]{1,40}$' },
        additionalProperties: { type: 'number', exclusiveMinimum: 0 },
        description:
          'Names and shares, such as {"train": 0.9, "validation": 0.1}. `{split}` in `output` is the name; without it, it is added to the name of the file.',
      },
      seed: SEED,
    },
  },
};
