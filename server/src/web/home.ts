// The file system of the window's workspace: its uris begin alike.
import type { WebHome } from '#protocol/editor/web.ts';

let known: WebHome = { prefix: 'file://', authority: '', folders: [], elsewhere: '/.preflens-elsewhere' };

export const home = (): WebHome => known;

export function setHome(found: WebHome): void {
  known = found;
}
