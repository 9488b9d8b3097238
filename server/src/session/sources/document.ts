// A document that an editor holds.
import type { RuleSettings } from '#core/checks/check.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';
import type { Given } from '#core/dataset/survey.ts';
import { Surveyor } from '#core/dataset/survey.ts';
import type { Newline } from '#core/edits/edit.ts';
import type { Obstacle } from '#core/input/obstacle.ts';
import { TextInspector } from '#core/input/obstacle.ts';
import type { DocumentLayout } from '#core/json/documentLayout.ts';
import { isSameForm } from '#core/json/documentLayout.ts';
import { heldFrom } from '#core/mapping/recognise.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import { readDocument } from '#formats/documents.ts';
import { readRecords } from '#formats/lines.ts';
import { decodeText } from '#formats/wtf8.ts';
import type { FileSettings } from '#node/config.ts';
import type { RelateText } from '#node/rangeWork.ts';
import type { SearchedText } from '#node/searchFile.ts';

import { breathe } from '../breathe.ts';
import type { Follower, OpenDocument } from '../document.ts';
import { readableUri } from '../names.ts';
import type { Carried, DocumentSurvey } from './resurvey.ts';
import { MAX_OPEN_BYTES, recordsOf, resurvey, resurveyDocument } from './resurvey.ts';
import type { Source } from './source.ts';
import { inspectSlowly, layoutOfText, surveyOfWhole } from './wholeText.ts';

/** Bytes to read before other requests run: well under 10 ms of work. */
const SLICE_BYTES = 1 << 20;

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** Whether a text begins like a document of this layout. */
function isStillOpen(bytes: Uint8Array, layout: DocumentLayout | undefined): boolean {
  const first = bytes.find((byte) => byte === 0x5b || byte === 0x7b);
  return layout !== undefined && first === (layout.form === 'list' ? 0x5b : 0x7b);
}

/** A document that the editor holds. What handlers see is the text as of the last survey or refresh. */
export class DocumentSource implements Source {
  readonly document: OpenDocument;
  readonly file = undefined;
  readonly pending = undefined;
  readonly maxRecordBytes = MAX_OPEN_BYTES;
  #bytes: Uint8Array = new Uint8Array(0);
  #version: number;
  #changes: Follower;
  #rules: RuleSettings = DEFAULT_RULES;
  /** What recognition has beside the records. */
  #given: Given = {};
  /** Where the records are, if the text is a JSON document. */
  #layout: DocumentLayout | undefined;

  constructor(document: OpenDocument) {
    this.document = document;
    this.#version = document.version;
    this.#changes = document.follow();
  }

  get uri(): string {
    return this.document.uri;
  }

  early(): undefined {
    return undefined;
  }

  close(): void {
    this.document.unfollow(this.#changes);
  }

  get version(): number {
    return this.#version;
  }

  get records(): RecordStream {
    const [bytes, layout] = [this.#bytes, this.#layout];
    if (layout) return (wants) => readDocument(once(bytes), layout, wants, MAX_OPEN_BYTES);
    return (wants) => readRecords(once(bytes), wants, MAX_OPEN_BYTES);
  }

  get isDocument(): boolean {
    return this.#layout !== undefined;
  }

  readonly textForThread = (): RelateText => {
    const layout = this.#layout;
    const container = layout ? ({ kind: 'document', layout } as const) : ({ kind: 'lines' } as const);
    return { bytes: this.#bytes, container, max: MAX_OPEN_BYTES };
  };

  searchedText(): SearchedText {
    return {
      name: readableUri(this.uri),
      from: { kind: 'bytes', bytes: this.#bytes },
      edited: new Map(),
      maxRecordBytes: MAX_OPEN_BYTES,
    };
  }

  async survey(
    { mapping, card, held, rules }: FileSettings,
    signal: AbortSignal,
  ): Promise<DocumentSurvey | undefined> {
    this.#rules = rules;
    this.#given = { mapping, card, held };
    // The text may change while it is read: what changes from here on is for the next refresh.
    const changes = this.document.follow();
    const { bytes, lineStarts, version } = this.document;
    const layout = layoutOfText(this.uri, bytes);
    const obstacle = layout
      ? undefined
      : await inspectSlowly(bytes, SLICE_BYTES, async () => {
          await breathe();
          return !signal.aborted;
        });
    const surveyor = new Surveyor(this.#given, rules);
    let slice = 0;
    for (const raw of recordsOf(bytes, layout)) {
      surveyor.add(raw);
      slice += raw.bytes.length;
      if (slice < SLICE_BYTES) continue;
      slice = 0;
      await breathe();
      if (!signal.aborted) continue;
      this.document.unfollow(changes);
      return undefined;
    }
    this.document.unfollow(this.#changes);
    this.#changes = changes;
    [this.#bytes, this.#version, this.#layout] = [bytes, version, layout];
    return this.#end(surveyor, obstacle, bytes, lineStarts.length);
  }

  #end(
    surveyor: Surveyor,
    obstacle: Obstacle | undefined,
    bytes: Uint8Array,
    lineCount: number,
  ): DocumentSurvey {
    return obstacle && !obstacle.isOneLine
      ? surveyOfWhole(this.uri, bytes, lineCount, obstacle, this.#rules)
      : { ...surveyor.end(), lineCount, byteCount: bytes.length };
  }

  refresh(old: DocumentSurvey): Carried | undefined {
    const unchanged = this.#changes.take();
    if (!unchanged) return undefined;
    const { bytes, lineStarts, version } = this.document;
    [this.#bytes, this.#version] = [bytes, version];
    const before = this.#layout;
    // While its first record is broken, a document is what it was.
    const layout =
      layoutOfText(this.uri, bytes) ?? (old.recognition && isStillOpen(bytes, before) ? before : undefined);
    this.#layout = layout;
    if (old.recognition && isSameForm(layout, before))
      return layout
        ? resurveyDocument(old, bytes, lineStarts, unchanged, layout, this.#rules)
        : resurvey(old, bytes, lineStarts, unchanged, this.#rules);
    // Nothing was recognised before, or the records are elsewhere, so there is nothing to carry over.
    const inspector = new TextInspector();
    if (!layout) inspector.push(bytes);
    const surveyor = new Surveyor(
      { ...this.#given, held: old.recognition && heldFrom(old.recognition) },
      this.#rules,
    );
    for (const raw of recordsOf(bytes, layout)) surveyor.add(raw);
    const obstacle = layout ? undefined : inspector.obstacle(bytes);
    const survey = this.#end(surveyor, obstacle, bytes, lineStarts.length);
    return { survey, renumber: () => -1, before: () => new Map(), changed: [] };
  }

  bytesOf(_record: number, byteStart: number, byteEnd: number): Uint8Array {
    return this.#bytes.subarray(byteStart, byteEnd);
  }

  newlineOf({ byteEnd }: RawRecord): Newline {
    // The last line may have no line end; then the first line's counts.
    const end = byteEnd < this.#bytes.length ? byteEnd : this.#bytes.indexOf(LINE_FEED) - 1;
    return end >= 0 && this.#bytes[end] === RETURN ? '\r\n' : '\n';
  }

  textLengthBefore({ byteStart }: RawRecord): number {
    const lineStart = byteStart === 0 ? 0 : this.#bytes.lastIndexOf(0x0a, byteStart - 1) + 1;
    return this.textOf(this.#bytes.subarray(lineStart, byteStart)).length;
  }

  textOf(bytes: Uint8Array): string {
    return decodeText(bytes);
  }
}
