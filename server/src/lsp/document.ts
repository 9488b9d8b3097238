// An open document as bytes, and which of its lines changed since it was last looked at.
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** Lines that are as they were: all before `lineStart`, and the last `tailCount`. */
export interface Unchanged {
  readonly lineStart: number;
  readonly tailCount: number;
}

/** A document that the editor owns. Editors send text; the engine works on bytes. */
export class OpenDocument {
  readonly uri: string;
  #text: TextDocument;
  #unchanged: Unchanged | undefined;

  constructor(uri: string, version: number, text: string) {
    this.uri = uri;
    this.#text = TextDocument.create(uri, 'jsonl', version, text);
  }

  get version(): number {
    return this.#text.version;
  }

  /** True when there are changes that `takeChanges` has not handed out yet. */
  get isChanged(): boolean {
    return this.#unchanged !== undefined;
  }

  toBytes(): Uint8Array {
    return new TextEncoder().encode(this.#text.getText());
  }

  change(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    for (const change of changes) {
      const lineCount = this.#text.lineCount;
      const start = 'range' in change ? change.range.start.line : 0;
      const tail = 'range' in change ? lineCount - 1 - change.range.end.line : 0;
      this.#unchanged = {
        lineStart: Math.min(start, this.#unchanged?.lineStart ?? start),
        tailCount: Math.min(tail, this.#unchanged?.tailCount ?? tail),
      };
      this.#text = TextDocument.update(this.#text, [change], version);
    }
  }

  /** Hands out what changed, once. */
  takeChanges(): Unchanged | undefined {
    const unchanged = this.#unchanged;
    this.#unchanged = undefined;
    return unchanged;
  }
}
