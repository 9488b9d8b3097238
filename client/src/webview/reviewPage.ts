// The review part of a dataset page: passes actions to the server, asks for reasons and tags, and keeps the queue in the
// workspace, so that a review goes on after a restart.
import * as vscode from 'vscode';

import type { Handlers } from '#core/channel/channel.ts';
import { t } from '#core/words/translate.ts';
import type { ReviewAction, ReviewQueue, ReviewResult } from '#protocol/editor/review.ts';
import type { ReviewPageRequests } from '#protocol/page/review.ts';

import type { Server } from '../server.ts';
import { valueOf } from '../server.ts';
import type { EditHistory } from './editHistory.ts';

export interface ReviewMemory {
  readonly queue: ReviewQueue | undefined;
  keep(queue: ReviewQueue): void;
}

const REVIEW = 'review:';

/** What the workspace keeps of the review of a file. */
export function reviewMemory(state: vscode.Memento, uri: string): ReviewMemory {
  return {
    get queue() {
      return state.get<ReviewQueue>(REVIEW + uri);
    },
    keep(queue) {
      void state.update(REVIEW + uri, queue);
    },
  };
}

async function askReason(reason: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: t('Reason of the verdict'),
    prompt: t('Saved with the verdict in .preflens/decisions.jsonl. Leave it empty for none.'),
    value: reason,
  });
  return text?.trim();
}

async function askTags(tags: readonly string[]): Promise<readonly string[] | undefined> {
  const text = await vscode.window.showInputBox({
    title: t('Tags of this pair'),
    prompt: t('Separated by commas, such as: math, needs an expert'),
    value: tags.join(', '),
  });
  if (text === undefined) return undefined;
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

export interface ReviewParts {
  readonly server: Server;
  readonly uri: string;
  readonly memory: ReviewMemory;
  readonly history: EditHistory;
}

export function reviewRequests({ server, uri, memory, history }: ReviewParts): Handlers<ReviewPageRequests> {
  const act = async (action: ReviewAction, key?: string): Promise<ReviewResult> => {
    const { queue } = memory;
    const request = { uri, action, ...(key !== undefined && { key }), ...(queue && { queue }) };
    return valueOf(await server.request('preflens/review', request));
  };
  const kept = (result: ReviewResult): ReviewResult => {
    memory.keep(result.view.queue);
    return result;
  };
  return {
    reviewChoices: async () => {
      const choices = valueOf(await server.request('preflens/reviewChoices', { uri }));
      const { queue } = memory;
      return {
        choices,
        ...(queue && { kept: { title: queue.title, count: queue.keys.length } }),
      };
    },
    startReview: async (wish, signal) =>
      kept(valueOf(await server.request('preflens/startReview', { uri, ...wish }, signal))),
    review: async ({ action, key }) => {
      const result = await act(action, key);
      if (result.needsEditorUndo !== true) return kept(result);
      await history.undo();
      const { view } = await act({ kind: 'go', to: 'here' });
      return kept({ view, said: result.said });
    },
    noteReview: async ({ what, reason, tags }) => {
      if (what === 'reason') {
        const given = await askReason(reason);
        // The same reason again would take it away.
        if (given === undefined || given === reason) return null;
        return kept(await act({ kind: 'note', reason: given }));
      }
      const given = await askTags(tags);
      return given === undefined ? null : kept(await act({ kind: 'note', tags: given }));
    },
  };
}
