// The files of the editor, asked for one by one.
import { UserError } from '#core/messages.ts';
import type { FileReply, FileRequests, FileState } from '#protocol/editor/web.ts';

import { systemError } from './platform/system.ts';

export type Ask = <Name extends keyof FileRequests>(
  name: Name,
  params: FileRequests[Name]['params'],
) => Promise<FileRequests[Name]['result']>;

let ask: Ask = async () => Promise.reject(new Error('web: no editor yet'));

export function askWith(editor: Ask): void {
  ask = editor;
}

/** Codes that callers know become errors of the system; every other fault is for the person, in the editor's words. */
function valueOf<T>(reply: FileReply<T>, syscall: string, path: string): T {
  if (reply.ok) return reply.value;
  if (reply.code !== 'EIO') throw systemError(reply.code, syscall, path, reply.why);
  throw new UserError(`${path}: VS Code’s file system failed: ${reply.why}. Try again.`);
}

/** Undefined if there is no such file. */
export async function stateOf(path: string): Promise<FileState | undefined> {
  const reply = await ask('preflens/statFile', { path });
  return !reply.ok && reply.code === 'ENOENT' ? undefined : valueOf(reply, 'stat', path);
}

export async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(valueOf(await ask('preflens/readFile', { path }), 'read', path));
}

/** A path in the place of a name would lead out of its folder. */
const isName = (name: string): boolean => !['', '.', '..'].includes(name) && !/[/\0]/.test(name);

/** Names in a folder, and whether they are folders; empty if there is none. */
export async function namesOf(path: string): Promise<readonly (readonly [string, boolean])[]> {
  const reply = await ask('preflens/readFolder', { path });
  if (!reply.ok && reply.code === 'ENOENT') return [];
  return valueOf(reply, 'scandir', path).filter(([name]) => isName(name));
}

/** Replaces a file, or makes one. If this fails, a part of the bytes may be there. */
export async function putBytes(path: string, bytes: Uint8Array): Promise<void> {
  valueOf(await ask('preflens/replaceFile', { path, bytes }), 'write', path);
}

export async function removeFile(path: string): Promise<void> {
  valueOf(await ask('preflens/removeFile', { path }), 'unlink', path);
}
