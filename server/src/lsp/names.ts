import { fileURLToPath } from 'node:url';

/** A uri as people read it. Some editors send what cannot be decoded: that is shown as it is. */
export function readableUri(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** The name of a file, as people read it. */
export function fileNameOf(uri: string): string {
  return readableUri(uri.split('/').at(-1) ?? '');
}

/** The path of a uri that names a file. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
