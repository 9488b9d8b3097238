// Requests about models, what can compute, and the preflens.json that names them.
import { basename } from 'node:path';

import { messages } from '#core/messages.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { addEntry } from '#node/addEntry.ts';
import { CONFIG_NAME } from '#node/config.ts';
import { checkProviders } from '#node/models/providers.ts';
import { describeModel } from '#node/scorers/onnx.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import { outcomeOf, refused } from '#session/outcome.ts';

import type { EditorHandlers } from '../serveEditor.ts';

export interface ModelContext {
  readonly start: StartScorer;
  /** What a scorer may use that no file is scored with. */
  readonly machine: () => ScorerMachine;
  /** The person trusts the workspace. */
  readonly isTrusted: () => boolean;
}

export function modelHandlers({
  start,
  machine,
  isTrusted,
}: ModelContext): EditorHandlers<'preflens/checkModel' | 'preflens/providers' | 'preflens/addScorer'> {
  return {
    'preflens/checkModel': async ({ folder }, signal) => {
      if (!isTrusted()) return refused(messages.untrusted().message);
      try {
        return {
          ok: true,
          value: await describeModel({ kind: 'onnx', model: folder }, '/', machine(), signal),
        };
      } catch (error) {
        // Any failure of the model's process is a fact about the model.
        return refused(errorMessage(error));
      }
    },
    'preflens/providers': async () => {
      const checked = await checkProviders(start);
      return checked.map(({ provider, works, isChosen, words, advice }) =>
        [`${provider}: ${works ? words : `not here, ${words}`}${isChosen ? ' (chosen)' : ''}.`, advice ?? '']
          .join(' ')
          .trim(),
      );
    },
    'preflens/addScorer': async ({ path, model }) =>
      outcomeOf(async () => {
        if (basename(path) !== CONFIG_NAME) throw messages.badConfig(path, `this is no ${CONFIG_NAME}`);
        await addEntry(path, 'scorers', { kind: 'onnx', model });
        return null;
      }),
  };
}
