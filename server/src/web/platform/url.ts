// Paths and uris of the workspace: a path is that of the uri, since a window has one scheme and one host.
import { home } from '../home.ts';

const STRICT = /[!'()*]/g;

const encoded = (segment: string): string =>
  encodeURIComponent(segment).replace(STRICT, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** Throws for a uri of another file system, as Node does. */
export function fileURLToPath(uri: string): string {
  const { prefix, authority } = home();
  if (uri.startsWith(`${prefix}/`)) return decodeURIComponent(uri.slice(prefix.length));
  // The table of a text document, whose uri has lost its scheme.
  const own = `file:////${authority}/`;
  if (authority !== '' && uri.startsWith(own)) return decodeURIComponent(uri.slice(own.length - 1));
  if (uri.startsWith('file:///') && uri[8] !== '/') return decodeURIComponent(uri.slice(7));
  throw new TypeError(`${uri} is not in the workspace.`);
}

export const pathToFileURL = (path: string): { toString(): string } => ({
  toString: () => home().prefix + path.split('/').map(encoded).join('/'),
});
