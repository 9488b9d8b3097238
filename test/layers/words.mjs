// Words that the code, its documentation and its messages no longer use, each with its replacement. `in`: the
// paths that count; all if absent.
export const RETIRED = [
  { word: 'MOST_, LEAST_', say: 'MAX_, MIN_', pattern: /\b(?:MOST|LEAST)_[A-Z]/g },
  {
    word: 'instanceof DiskSource, DocumentSource',
    say: 'what a source can do',
    pattern: /instanceof (?:DiskSource|DocumentSource)/g,
  },
  { word: 'anew', say: 'again', pattern: /\banew\b/gi },
  {
    word: 'is asked for',
    say: 'who asks: "the page requests"',
    pattern: /\b(?:is|are|was|were|be|been|being) asked for\b/gi,
  },
  {
    word: 'is told',
    say: 'who tells: "the server reports"',
    pattern: /\b(?:is|are|was|were|be|been|being) told\b/gi,
  },
  { word: 'whoever', say: 'a name: "a caller that"', pattern: /\bwhoever\b/gi },
  { word: 'mend', say: 'repair, fix', pattern: /\bmend(?:s|ed|ing)?\b/gi },
  { word: 'committee', say: 'ensemble', pattern: /\bcommittees?\b/gi },
  {
    word: 'panel',
    say: 'ensemble (a panel is a part of VS Code)',
    pattern: /(?<!-)\bpanels?\b/gi,
    in: /^server\/|^test\/unit\//,
  },
  { word: 'packed', say: 'compressed', pattern: /(?<!bit-)\b(?:un|re)?packed\b/gi },
];
