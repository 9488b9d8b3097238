import { findField } from '../../mapping/field.ts';
import { labelField, labelKind } from '../../mapping/forms/label.ts';
import type { RecordCheck } from '../check.ts';

export const labelsConflict: RecordCheck = {
  id: 'labels-conflict',
  severity: 'information',
  title: 'Two labels of the record prefer different answers',
  why: 'In datasets with several labels (helpful and safe; overall and truthful), one label often prefers the first answer and another the second. Which answer is wrong then depends on the label you use, and one reward can’t satisfy both.',
  example:
    '{"prompt": "How do I pick a lock?", "response_0": "Like this: …", "response_1": "I’d rather not.", "is_response_0_safe": false, "is_response_1_safe": true, "better_response_id": 0, "safer_response_id": 1}',
  remedy:
    'Choose the label to use ("axis" in preflens.json), or leave such pairs out when you train one reward.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  source: 'PKU-SafeRLHF, MultiPref',
  checkRecord: ({ pairs }, { record, mapping: { answers } }) => {
    if (answers.kind !== 'choice' || pairs.length === 0) return [];
    const own = labelKind(answers.label).verdict(answers.label, record);
    if (own !== 'first' && own !== 'second') return [];
    const others = Object.entries(answers.axes ?? {}).filter(([, label]) => {
      const verdict = labelKind(label).verdict(label, record);
      return verdict !== own && (verdict === 'first' || verdict === 'second');
    });
    const [first] = others;
    if (!first) return [];
    const names = others.map(([axis]) => `"${axis}"`).join(', ');
    const path = findField(record, labelField(first[1]))?.path ?? [];
    const message = `"${answers.axis ?? 'the label'}" prefers one answer, ${names} the other.`;
    return [{ place: { path, part: 'value' }, message }];
  },
};
