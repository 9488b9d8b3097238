import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver/node';

import { notification } from '#core/escape/escape.ts';
import { errorText } from '#session/fileRules.ts';
import type { Progress } from '#session/host.ts';

import { log } from './show.ts';

/** Work shorter than this shows no progress window. */
const SHOW_AFTER_MS = 700;

/** Work-done progress that appears when the work turns out to be long. */
export function reportProgress(
  connection: Connection,
  title: string,
  canShow: boolean,
  onCancel: () => void,
): Progress {
  let reporter: WorkDoneProgressServerReporter | undefined;
  let ended = false;
  const timer = setTimeout(() => {
    if (!canShow || ended) return;
    connection.window.createWorkDoneProgress().then(
      (created) => {
        if (ended) return;
        reporter = created;
        created.begin(title, 0, '', true);
        created.token.onCancellationRequested(onCancel);
      },
      (error: unknown) => {
        log(connection, 'warn', `No progress is shown for "${title}": ${errorText(error)}`);
      },
    );
  }, SHOW_AFTER_MS);
  return {
    report: (done, text) => reporter?.report(Math.floor(done * 100), notification(text)),
    end: () => {
      ended = true;
      clearTimeout(timer);
      reporter?.done();
    },
  };
}
