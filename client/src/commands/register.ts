import * as vscode from 'vscode';

/** A command's name in the manifest → what it does. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

export function registerCommands(commands: Commands): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
  );
}
