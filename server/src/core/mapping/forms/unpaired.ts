import type { Json } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';
import { plainTurns } from '../../model/pair.ts';
import { speakerOf } from '../../model/speaker.ts';
import { readAlone } from '../answers.ts';
import { findField } from '../field.ts';
import type { Answers } from '../mapping.ts';
import type { Shape } from '../shape.ts';
import { concreteShape, turnsOf } from '../shape.ts';
import type { Form, Judgement } from './form.ts';
import { fieldNeed, findShaped, listNeed, NO_ANSWERS } from './form.ts';
import { toNumber, verdictLabel } from './label.ts';

type UnpairedAnswers = Extract<Answers, { kind: 'unpaired' }>;
type StepAnswers = Extract<Answers, { kind: 'steps' }>;
type NoAnswers = Extract<Answers, { kind: 'none' }>;

/** If verdict values are listed, only these count; if not, booleans are verdicts too. */
function verdictOf({ verdict }: UnpairedAnswers, value: Json | undefined): boolean | number | undefined {
  if (value === undefined) return undefined;
  if (verdict.first?.includes(value)) return true;
  if (verdict.second?.includes(value)) return false;
  if (verdict.first) return undefined;
  return typeof value === 'boolean' ? value : toNumber(value);
}

/** False for a conversation that ends with a question: its label can't be about an answer. */
function endsWithAnswer(value: Json, as: Shape): boolean {
  const shape = concreteShape(value, as);
  if (shape !== 'messages') return true;
  const speaker = speakerOf(turnsOf(value, shape, 'assistant').at(-1)?.role ?? '');
  return speaker !== 'user' && speaker !== 'system';
}

export const unpairedForm: Form<UnpairedAnswers> = {
  fields: ({ response, verdict }) => [response.at, verdict.at],
  needs(answers) {
    const { response, verdict } = answers;
    const expected =
      verdict.first && verdict.second
        ? verdictLabel({ first: verdict.first, second: verdict.second })
        : 'true or false, or a rating';
    const need = fieldNeed(response);
    return [
      { ...need, fits: (value) => need.fits(value) && endsWithAnswer(value, response.as) },
      { at: verdict.at, expected, fits: (value) => verdictOf(answers, value) !== undefined },
    ];
  },
  read(answers, { record, prompt }) {
    const response = findShaped(record, answers.response);
    if (!response) return NO_ANSWERS;
    const verdict = verdictOf(answers, findField(record, answers.verdict.at)?.value);
    const judgement: Judgement = { ...readAlone(prompt, { ...response, as: answers.response.as }), verdict };
    return { pairs: [], judgements: [judgement] };
  },
  labelAt: ({ verdict }) => verdict.at,
  flip({ verdict }, record) {
    const found = findField(record, verdict.at);
    if (!found) return [];
    const { first = [true], second = [false] } = verdict;
    const to = first.includes(found.value)
      ? second[first.indexOf(found.value)]
      : first[second.indexOf(found.value)];
    return to === undefined ? [] : [[{ kind: 'set', path: found.path, to }]];
  },
  tie: () => undefined,
  margin: () => undefined,
};

function stepText(step: Json): string {
  if (typeof step === 'string') return step;
  const best = isObject(step) && isList(step['completions']) ? step['completions'][0] : undefined;
  return isObject(best) && typeof best['text'] === 'string' ? best['text'] : '';
}

/** The verdict on a step, if the record names the first wrong one. */
function verdictBefore(first: Json | undefined, step: number): boolean | undefined {
  if (typeof first !== 'number') return undefined;
  return first < 0 || step < first ? true : step === first ? false : undefined;
}

function stepVerdict(step: Json, label: Json | undefined): boolean | number | undefined {
  if (label !== undefined) return typeof label === 'boolean' ? label : toNumber(label);
  const best = isObject(step) && isList(step['completions']) ? step['completions'][0] : undefined;
  return isObject(best) ? toNumber(best['rating']) : undefined;
}

export const stepsForm: Form<StepAnswers> = {
  fields: ({ steps, labels, firstError }) => [steps, labels, firstError].filter((at) => at !== undefined),
  needs({ steps, labels, firstError }) {
    const isStep = (item: Json): boolean => typeof item === 'string' || isObject(item);
    const needs = [listNeed(steps, 1, isStep, 'a list of steps')];
    const isLabel = (item: Json): boolean => typeof item === 'boolean' || toNumber(item) !== undefined;
    if (firstError !== undefined) {
      const fits = (value: Json): boolean => Number.isInteger(value);
      return [...needs, { at: firstError, expected: 'the number of the first wrong step, or -1', fits }];
    }
    return labels === undefined
      ? needs
      : [...needs, listNeed(labels, 1, isLabel, 'a list of verdicts, one for each step')];
  },
  read({ steps, labels, firstError }, { record, prompt }) {
    const found = findField(record, steps);
    if (!found || !isList(found.value)) return NO_ANSWERS;
    const verdicts = labels === undefined ? undefined : findField(record, labels)?.value;
    const judgements = found.value.map((step, i): Judgement => {
      const text = stepText(step);
      const at = { path: [...found.path, i], textStart: 0 };
      return {
        prompt,
        response: {
          text,
          ...at,
          turns: plainTurns(text),
          ...(typeof step !== 'string' && { pieces: [] }),
        },
        verdict:
          firstError === undefined
            ? stepVerdict(step, isList(verdicts) ? verdicts[i] : undefined)
            : verdictBefore(findField(record, firstError)?.value, i),
      };
    });
    return { pairs: [], judgements };
  },
  labelAt: ({ steps, labels, firstError }) => labels ?? firstError ?? steps,
  flip: () => [],
  tie: () => undefined,
  margin: () => undefined,
};

export const noneForm: Form<NoAnswers> = {
  fields: ({ fields }) => fields.map(({ at }) => at),
  needs: ({ fields }) => fields.map(fieldNeed),
  read: () => NO_ANSWERS,
  labelAt: ({ fields }) => fields[0]?.at ?? '',
  flip: () => [],
  tie: () => undefined,
  margin: () => undefined,
};
