// `preflens check` as a task; the manifest's problem matcher reads its output.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';

const TYPE = 'preflens';

interface CheckTask extends vscode.TaskDefinition {
  /** Files, folders or patterns, relative to the workspace folder. */
  readonly paths?: readonly string[];
  /** More options for `preflens check`. */
  readonly args?: readonly string[];
}

function taskOf(
  cli: string,
  definition: CheckTask,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
): vscode.Task {
  const { paths = ['**/*.jsonl'], args = ['--no-score'] } = definition;
  // Runs in VS Code's own Node.
  const run = new vscode.ProcessExecution(process.execPath, [cli, 'check', ...args, ...paths], {
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  return new vscode.Task(definition, scope, t('check datasets'), 'PrefLens', run, '$preflens');
}

export function checkTasks(cli: string): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    provideTasks: () =>
      (vscode.workspace.workspaceFolders ?? []).map((folder) => taskOf(cli, { type: TYPE }, folder)),
    resolveTask: (task) => taskOf(cli, task.definition, task.scope as vscode.WorkspaceFolder),
  });
}
