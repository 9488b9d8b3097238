// What can be wrong between the records of a JSON document, as sentences.
export const FAULTS = {
  trailingComma: 'There is a comma before the closing bracket, which JSON does not allow. Remove it.',
  doubleComma: 'There is a comma too many, which JSON does not allow. Remove it.',
  missingComma: 'There is no comma between this record and the one before. Add it.',
  unexpected: 'JSON does not allow what is here.',
  comment: 'JSON has no comments. Remove it.',
  end: 'The document breaks off here: its closing bracket is missing.',
  secondList: 'A second list begins here. JSON has one list for each document: join the two.',
  sameKey:
    'A second list under the same key: it is not read here, and most programs read it alone. Give each list its own key.',
  more: 'The document ends before this text, which is not read. Remove it.',
  commaBetween:
    'There is a comma between two records, but no list around them. Put all of them between [ and ].',
  noEnd: 'JSON does not allow what stands in this record, and its end is not found.',
} as const;
