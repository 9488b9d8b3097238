// Edits of assistants: each is saved at once, one after the other, and the last one can be undone.
import type { ToolOutput } from '#core/assistant/tools.ts';
import { messages } from '#core/messages.ts';
import type { Decided } from '#node/memory.ts';
import { memoryRoot, takeBack } from '#node/memory.ts';
import { isBelow } from '#node/paths.ts';
import { inTurn } from '#node/queue.ts';
import type { Stamp } from '#node/stored.ts';
import { sameStamp, stampNow } from '#node/stored.ts';
import { writeWhole } from '#node/write.ts';
import type { EditDone } from '#protocol/editor/edits.ts';
import type { Named } from '#session/assistant/reading.ts';
import type { Desk, Kept } from '#session/assistant/tools.ts';
import { keepFinding } from '#session/decisions.ts';
import { pathOf } from '#session/names.ts';
import type { Sessions } from '#session/sessions.ts';

import type { HeldContent } from './held.ts';
import { holdContent } from './held.ts';

/** All edits wait for each other, so that "the last edit" is one edit. */
const TURN = 'edits of assistants';

/** What the last edit changed. */
type Past = { readonly file: string } & (
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly uri: string;
      readonly held: HeldContent;
      readonly saved: Stamp;
    }
  | { readonly kind: 'decision'; readonly decided: Decided }
);

export class AssistantEdits implements Pick<Desk, 'edit' | 'keep'> {
  readonly #sessions: Sessions;
  readonly #root: string;
  readonly #by: (path: string) => Promise<string>;
  #past: Past | undefined;

  /**
   * @param root the folder in which files may be written
   * @param by who decides about the file at a path
   */
  constructor(sessions: Sessions, root: string, by: (path: string) => Promise<string>) {
    this.#sessions = sessions;
    this.#root = root;
    this.#by = by;
  }

  async edit(
    { session, file }: Named,
    make: () => Promise<EditDone>,
    signal: AbortSignal,
  ): Promise<{ readonly done: EditDone; readonly isSaved: true }> {
    return inTurn(TURN, async () => {
      const { uri } = session;
      const path = pathOf(uri) ?? uri;
      signal.throwIfAborted();
      const held = await holdContent(path, signal);
      let past: Past | undefined;
      try {
        const done = await make();
        await session.save(signal);
        const saved = session.source.pending?.savedAs;
        if (saved) past = { kind: 'file', file, path, uri, held, saved };
        await this.#remember(past);
        return { done, isSaved: true };
      } finally {
        // After an error or a cancel, nothing may wait for a later save.
        session.discard();
        if (!past) await held.close();
      }
    });
  }

  async keep({ session: { uri }, file }: Named, kept: Kept): Promise<void> {
    await inTurn(TURN, async () => {
      const path = pathOf(uri) ?? uri;
      const folder = memoryRoot(path);
      if (!isBelow(this.#root, folder)) throw messages.decidesOutside(file, folder);
      const by = await this.#by(path);
      const decided = await keepFinding(this.#sessions, { uri, by, ...kept });
      await this.#remember({ kind: 'decision', file, decided });
    });
  }

  async undo(signal: AbortSignal): Promise<ToolOutput<'undo_edit'>> {
    return inTurn(TURN, async () => {
      const past = this.#past;
      if (!past)
        throw messages.nothingToUndo('this session has made no edit, or its last one is undone already');
      await (past.kind === 'file' ? this.#restore(past, signal) : this.#decideBack(past.decided));
      await this.#remember(undefined);
      const what = past.kind === 'file' ? past.file : `The decision about ${past.file}`;
      return { file: past.file, done: `${what} is as it was before the last edit.`, isSaved: true };
    });
  }

  async close(): Promise<void> {
    await inTurn(TURN, async () => this.#remember(undefined));
  }

  async #remember(past: Past | undefined): Promise<void> {
    const before = this.#past;
    this.#past = past;
    if (before?.kind === 'file') await before.held.close();
  }

  async #restore(
    { path, uri, held, saved }: Extract<Past, { kind: 'file' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const assertOurs = async (): Promise<void> => {
      if (!sameStamp(stampNow(path), saved)) throw messages.changedWhileSaving(path);
      return Promise.resolve();
    };
    await assertOurs();
    await writeWhole(path, held.bytes(), { verify: assertOurs, signal });
    await this.#sessions.get(uri)?.followDisk();
  }

  async #decideBack(decided: Decided): Promise<void> {
    if (!(await takeBack(decided))) throw messages.nothingToUndo('somebody changed the decision since');
    await this.#sessions.readDecisions();
  }
}
