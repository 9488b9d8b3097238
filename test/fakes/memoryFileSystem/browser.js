// A file system in memory, without times. It begins with the files of `seed`, and copies each file that is written to
// the folder that `seed/place.json` names, where a test can read it.
const vscode = require('vscode');

const { fs } = vscode.workspace;
const { Directory, File } = vscode.FileType;
const FOLDER = '/data';

exports.activate = ({ extensionUri, subscriptions }) => {
  const files = new Map();
  const changed = new vscode.EventEmitter();
  const seed = vscode.Uri.joinPath(extensionUri, 'seed');
  const load = async () => {
    const { copies, names } = JSON.parse(
      new TextDecoder().decode(await fs.readFile(vscode.Uri.joinPath(seed, 'place.json'))),
    );
    for (const name of names) files.set(name, await fs.readFile(vscode.Uri.joinPath(seed, name)));
    return extensionUri.with({ path: copies });
  };
  const ready = load();
  const nameOf = ({ path }) => path.slice(FOLDER.length + 1);
  const bytesOf = async (uri) => {
    await ready;
    const bytes = files.get(nameOf(uri));
    if (!bytes) throw vscode.FileSystemError.FileNotFound(uri);
    return bytes;
  };
  const provider = {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => undefined),
    async stat(uri) {
      if (uri.path === '/' || uri.path === FOLDER) return { type: Directory, ctime: 0, mtime: 0, size: 0 };
      return { type: File, ctime: 0, mtime: 0, size: (await bytesOf(uri)).length };
    },
    async readDirectory({ path }) {
      await ready;
      return path === FOLDER ? [...files.keys()].map((name) => [name, File]) : [];
    },
    readFile: bytesOf,
    async writeFile(uri, bytes) {
      files.set(nameOf(uri), bytes);
      await fs.writeFile(vscode.Uri.joinPath(await ready, nameOf(uri)), bytes);
      changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    },
    async delete(uri) {
      await bytesOf(uri);
      files.delete(nameOf(uri));
    },
    rename: (uri) => {
      throw vscode.FileSystemError.NoPermissions(uri);
    },
    createDirectory: (uri) => {
      throw vscode.FileSystemError.NoPermissions(uri);
    },
  };
  subscriptions.push(vscode.workspace.registerFileSystemProvider('memory', provider));
};
