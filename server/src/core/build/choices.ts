// What settings of steps can say; the texts are the reference.

/** What a column can hold. */
export const COLUMN_VALUES = {
  margin: 'the number itself, at least 0: what TRL’s reward trainer and OpenRLHF read as `margin`',
  soft_label: 'σ(γ · number), the chance that the chosen answer is the better one; γ is `gamma`',
  posterior:
    'the chance that the label is right: (1−ε)p / ((1−ε)p + ε(1−p)), with p = σ(number / `temperature`). ε is `noise`, or else estimated: 1 − the mean of the values, until it stays',
  smoothing: '1 − posterior: the label smoothing ε of each record',
  focal: 'p to the power of `gamma`: records that the scorer ranks wrong weigh less',
  beta: 'β(m) = `base` · (1 + `scale` · (1 − e^(−`rate` · m))), for a β of each record; a number below 0 counts as 0',
  difficulty: '−|number|: the closer both answers, the harder; larger is harder',
  stage: 'from 0, easy to hard: `stages` groups of equal size by difficulty',
  copy: 'the number itself, as it is',
} as const;

export const PAIR_CHOICES = {
  'best-worst': 'the best candidate against the worst',
  'mu-2sigma':
    'the best against the one that is nearest to μ − 2σ of the scores of its prompt. With five candidates or fewer that is always the worst',
  rejection:
    'each candidate is accepted with the chance e^((r − r_max) / `beta`); the accepted ones are paired two by two in random order, the one with the higher score chosen',
  'correct-wrong':
    'a good answer against a bad one, each used once before any is used again. Of ratings those from `threshold` on are good',
} as const;

export const REACTION_RECORDS = {
  pairs:
    'the user rejects an answer, adds nothing, and the assistant answers again: the second answer is chosen, the first rejected, on the prompt up to that turn',
  answers: 'single answers with a verdict: good or bad',
} as const;

export const REACTION_SIGNALS = {
  thumbs:
    'a field of the answer or of the user’s next turn: words such as "thumbs_up", "good", "down", "negative"; a number or true and false only in a field that can be nothing else, or that `thumbs` names. The field is left out of the messages',
  correction:
    'the next turn begins with one of a few sentences: “That’s wrong”, “Incorrect.”, “That is not what I asked”, “You didn’t answer my question”, “I didn’t ask for …”, “You misunderstood”, “Please try again”. “No” alone is none',
  thanks:
    'the next turn begins with thanks, “That is very helpful”, “Perfect!” or the like, and holds no “but”, “not” or “wrong”; not after a refusal, or an answer that only says goodbye',
  'left out':
    'turns of more than 60 words; words after an answer that ends with a question, calls a tool or has no words. For pairs also: a correction with more than two new words; a second answer that asks back, refuses, speaks of the first, is hardly different or much shorter, or may be rejected, too',
} as const;
