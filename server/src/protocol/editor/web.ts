// The editor's file system, for a server that runs in a browser and has no other.

/** What the uris of a workspace have in common. */
export interface WebHome {
  /** Everything before the path: "vscode-vfs://github". */
  readonly prefix: string;
  /** The part of the prefix that names the host, as uris spell it; '' without one. */
  readonly authority: string;
  /** Paths of the workspace folders. */
  readonly folders: readonly string[];
  /** A folder of paths that the client understands as files of other file systems. */
  readonly elsewhere: string;
}

export interface FileState {
  readonly isFolder: boolean;
  readonly size: number;
  /** Milliseconds; 0 where the file system keeps no times. */
  readonly mtime: number;
}

/** `EIO`: everything else, in the words of the file system. */
export type FileFault = 'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EACCES' | 'EROFS' | 'EIO';

/** The result of a request to the editor's file system. */
export type FileReply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: FileFault; readonly why: string };

interface At {
  readonly path: string;
}

/** server → client. */
export interface FileRequests {
  'preflens/statFile': { params: At; result: FileReply<FileState> };
  'preflens/readFile': { params: At; result: FileReply<Uint8Array> };
  /** Names, and whether they are folders. */
  'preflens/readFolder': { params: At; result: FileReply<readonly (readonly [string, boolean])[]> };
  /** Replaces a file, or makes one with its folders. */
  'preflens/replaceFile': { params: At & { readonly bytes: Uint8Array }; result: FileReply<null> };
  'preflens/removeFile': { params: At; result: FileReply<null> };
}
