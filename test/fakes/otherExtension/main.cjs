// An extension of somebody else: uses the API and the language-model tools, and writes what they return to other.json.
const { writeFileSync } = require('node:fs');
const vscode = require('vscode');

async function run() {
  const { uri: root } = vscode.workspace.workspaceFolders[0];
  const uri = vscode.Uri.joinPath(root, 'helped.jsonl');
  const api = await vscode.extensions.getExtension('preflens.preflens').activate();
  const { findings } = await api.findings(uri, { rule: 'turn-marker-in-response' });
  const pair = await api.pair(uri, findings[0].record);
  const tool = async (name, input) => {
    const result = await vscode.lm.invokeTool(`preflens_${name}`, { input, toolInvocationToken: undefined });
    return JSON.parse(result.content[0].value);
  };
  const shown = await tool('show_pair', { file: 'helped.jsonl', record: pair.record });
  const flipped = await tool('flip_pair', { file: 'helped.jsonl', record: pair.record, key: shown.key });
  const back = await api.flip(uri, { record: pair.record, key: flipped.key });
  return { version: api.version, status: api.status(uri), findings, pair, shown, flipped, back };
}

exports.activate = ({ subscriptions }) => {
  subscriptions.push(
    vscode.commands.registerCommand('other.run', async () => {
      const { uri } = vscode.workspace.workspaceFolders[0];
      const result = await run().catch((error) => ({ error: String(error.stack ?? error) }));
      writeFileSync(vscode.Uri.joinPath(uri, 'other.json').fsPath, JSON.stringify(result));
    }),
  );
};
