// The folder whose files assistants may read. Nothing outside is opened, named directly or through links.
import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ToolInput, ToolOutput } from '#core/assistant/tools.ts';
import { messages } from '#core/messages.ts';
import { isDataset } from '#node/files.ts';
import { layoutOf } from '#node/layout.ts';
import { isBelow } from '#node/paths.ts';
import { stampOf, unreadable } from '#node/stored.ts';
import { pageOf } from '#session/assistant/reading.ts';

/** A file as its links resolve, and its name in replies. */
export interface InnerFile {
  readonly path: string;
  readonly uri: string;
  readonly name: string;
}

export class InnerFolder {
  /** Its links are resolved. */
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** Rejects with a user error if it is no folder. */
  static async open(folder: string): Promise<InnerFolder> {
    const { isFolder } = await stampOf(folder);
    if (!isFolder) throw messages.notAFolder(folder);
    return new InnerFolder(await realpath(folder));
  }

  /** Resolves a path of an assistant. Rejects if it leads out of the folder. */
  async resolve(named: string): Promise<InnerFile> {
    const path = resolve(this.root, named);
    if (!isBelow(this.root, path)) throw messages.outsideFolder(named, this.root);
    const real = await realpath(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (!isBelow(this.root, real)) throw messages.outsideFolder(named, this.root);
    return { path: real, uri: pathToFileURL(real).href, name: this.nameOf(path) };
  }

  /** A path below the folder as replies name it. */
  nameOf(path: string): string {
    return relative(this.root, path).split(sep).join('/');
  }

  async list({ folder = '.', ...page }: ToolInput<'list_datasets'>): Promise<ToolOutput<'list_datasets'>> {
    const { path } = await this.resolve(folder);
    const isInside = async (one: string): Promise<boolean> =>
      this.resolve(one).then(
        () => true,
        () => false,
      );
    const layout = await layoutOf(path, async (one) => (await isInside(one)) && isDataset(one));
    const { items, next } = pageOf(layout.files, page);
    const failed = layout.failed.map(({ error }) => error.message);
    const files: ToolOutput<'list_datasets'>['files'][number][] = [];
    for (const { path: at, split } of items) {
      try {
        const inner = await this.resolve(at);
        const { size } = await stampOf(inner.path);
        files.push({ file: inner.name, bytes: size, ...(split !== undefined && { split }) });
      } catch (error) {
        failed.push(unreadable(at, error).message);
      }
    }
    return {
      total: layout.files.length,
      files,
      notes: layout.notes,
      failed,
      ...(next !== undefined && { next }),
    };
  }
}
