import type { Constraint } from '../../mapping/said/constraints.ts';
import { CONSTRAINT_NAMES, constraintsOf, meets } from '../../mapping/said/constraints.ts';
import { isObject } from '../../model/json.ts';
import type { RecordCheck } from '../check.ts';
import { sideValue } from '../check.ts';

const spelled = ({ id, args }: Constraint): string => {
  const known = Object.entries(args).filter(([, value]) => value !== null && value !== undefined);
  const words = known.map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return words.length === 0 ? id : `${id} (${words.join(', ')})`;
};

export const constraintContradictsLabel: RecordCheck = {
  id: 'constraint-contradicts-label',
  needsPolarity: true,
  severity: 'warning',
  title: 'Only the rejected answer keeps to the record’s constraints',
  why: 'The record lists constraints that a program can check, as IFEval does (`instruction_id_list` and `kwargs`: words, commas, JSON, keywords and the like). The chosen answer breaks one of them, and the rejected one breaks none. Constraints that can’t be checked here (sentences, languages, two responses) count for neither answer.',
  example:
    '{"prompt": "Name a bird, without commas.", "chosen": "A wren, say.", "rejected": "A wren.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}',
  remedy: 'Read both answers; flip the pair if the constraint is what makes an answer good here.',
  repairs: [{ edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' }],
  options: {
    always: {
      default: [],
      schema: {
        type: 'array',
        description:
          'Constraints of every record, such as {"id": "length_constraints:number_words", "relation": "less than", "num_words": 200}.',
        items: {
          type: 'object',
          required: ['id'],
          properties: { id: { enum: CONSTRAINT_NAMES } },
        },
      },
    },
  },
  source: 'Verifiable instructions of IFEval (2311.07911)',
  checkRecord: ({ pairs }, { record, options }) => {
    const always = Array.isArray(options['always']) ? options['always'].filter(isObject) : [];
    const constraints: readonly Constraint[] = [
      ...constraintsOf(record),
      ...always.flatMap(({ id, ...args }) => (typeof id === 'string' ? [{ id, args }] : [])),
    ];
    if (constraints.length === 0) return [];
    return pairs.flatMap(({ chosen, rejected, isTie }, i) => {
      if (isTie || constraints.some((one) => meets(rejected.text, one) === false)) return [];
      const broken = constraints.filter((one) => meets(chosen.text, one) === false);
      const [first] = broken;
      if (!first) return [];
      const rest = broken.length > 1 ? ` and ${broken.length - 1} more` : '';
      const message = `The chosen answer breaks ${spelled(first)}${rest}; the rejected one breaks no constraint of the record.`;
      return [{ place: sideValue(chosen), message, pair: i }];
    });
  },
};
