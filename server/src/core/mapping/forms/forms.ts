import type { Answers } from '../mapping.ts';
import { candidatesForm } from './candidates.ts';
import { choiceForm } from './choice.ts';
import type { Form } from './form.ts';
import { listsForm } from './lists.ts';
import { pairForm } from './pair.ts';
import { noneForm, stepsForm, unpairedForm } from './unpaired.ts';

const FORMS: { readonly [K in Answers['kind']]: Form<Extract<Answers, { kind: K }>> } = {
  pair: pairForm,
  choice: choiceForm,
  candidates: candidatesForm,
  lists: listsForm,
  unpaired: unpairedForm,
  steps: stepsForm,
  none: noneForm,
};

export function formOf(answers: Answers): Form<Answers> {
  return FORMS[answers.kind];
}
