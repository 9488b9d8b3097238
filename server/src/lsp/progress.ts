import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver/node';

import { notification } from '#core/escape/escape.ts';

/** Work shorter than this shows no progress window. */
const SHOW_AFTER_MS = 700;

export interface ProgressReport {
  /** 0 to 1. */
  readonly report: (done: number, words: string) => void;
  readonly end: () => void;
}

/** Work-done progress that appears when the work turns out to be long. */
export function reportProgress(
  connection: Connection,
  title: string,
  canShow: boolean,
  onCancel: () => void,
): ProgressReport {
  let reporter: WorkDoneProgressServerReporter | undefined;
  let ended = false;
  const timer = setTimeout(() => {
    if (!canShow || ended) return;
    void connection.window.createWorkDoneProgress().then((created) => {
      if (ended) return;
      reporter = created;
      created.begin(title, 0, '', true);
      created.token.onCancellationRequested(onCancel);
    });
  }, SHOW_AFTER_MS);
  return {
    report: (done, words) => reporter?.report(Math.floor(done * 100), notification(words)),
    end: () => {
      ended = true;
      clearTimeout(timer);
      reporter?.done();
    },
  };
}
