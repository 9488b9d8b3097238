// Small word classes in English, by token hash. In other languages they simply never match.
import { TokenList } from '../model/tokens.ts';
import type { English } from '../words/translate.ts';
import { english } from '../words/translate.ts';

function words(list: string): ReadonlySet<number> {
  const { hashes, count } = new TokenList().read(list);
  return new Set(hashes.subarray(0, count));
}

/** Name of a class in hovers, and its words. The order is the layout of the style numbers. */
export const WORD_LISTS: readonly (readonly [name: English, hashes: ReadonlySet<number>])[] = [
  [english('first person'), words("i i'm i've i'd i'll me my")],
  [english('addresses the reader'), words("you your you're you'll yourself")],
  [
    english('apology or refusal'),
    words('sorry cannot unable apologize unfortunately illegal inappropriate unethical'),
  ],
  [english('hedging'), words('maybe perhaps might could possibly probably seems guess sure think')],
  [
    english('negation'),
    words("not no don't doesn't can't won't isn't aren't shouldn't never wouldn't couldn't nothing"),
  ],
  [english('advice words'), words('should must need would will can')],
  [
    english('friendly words'),
    words('please thank thanks great good nice happy help glad hope love understand'),
  ],
  [
    english('words of harm'),
    words(
      'bad wrong illegal dangerous harm harmful hurt kill violent crime racist hate steal drugs weapon police against law',
    ),
  ],
  [english('question words'), words('what which who where when why how')],
  [english('connectives'), words('because so but and or if although however therefore also')],
  [english('pronouns'), words('it that this they them he she we us our their')],
  [
    english('examples and weight'),
    words('important best better different many some several example include including such'),
  ],
  [english('we and us'), words('we us our let')],
];

/** Words that only open an answer: "Yes", "Well", "Okay". */
export const OPENERS = words('yes yeah yep no nope sure okay ok well oh hmm ah');
