// The controller behind both pages, with a server in memory: which pair is visible, and what actions do.
import { describe, expect, it } from 'vitest';

import type { RecordEdit } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { PairRequest } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { ShownPair } from '#protocol/page/pair.ts';

import { flipHistory, hostHistory } from '../../client/src/webview/editHistory.ts';
import { PairController } from '../../client/src/webview/pairController.ts';

const URI = 'file:///pairs.jsonl';
/** Records with a finding, in the order of review. */
const REVIEW = [4, 2, 7];

const at = (record: number, more: Partial<ShownPair> = {}): ShownPair => ({
  uri: URI,
  record,
  pair: 0,
  pairKey: `key ${record}`,
  ...more,
});

/** A server whose replies wait for the test, or go at once. */
class FakeServer {
  readonly requests: PairRequest[] = [];
  readonly edits: (RecordRef & { readonly kind: string })[] = [];
  readonly kept: number[] = [];
  margin: number | undefined;
  pairAfterEdit = 0;
  isReading = false;
  isRefusing = false;
  fails = 0;
  isHeld = false;
  readonly #held: (() => void)[] = [];
  readonly #fixed = new Set<number>();

  readonly controller = new PairController({
    pair: async (request) => this.#pair(request),
    edit: async (ref, edit) => this.#edit(ref, edit),
    keep: async ({ record }) => {
      this.kept.push(record);
      return Promise.resolve();
    },
    askMargin: async () => Promise.resolve(this.margin),
    revision: () => this.requests.length,
    history: flipHistory(async (ref) => this.#edit(ref, { kind: 'flip' })),
  });

  /** Releases waiting replies. */
  async release(): Promise<void> {
    this.isHeld = false;
    for (const one of this.#held.splice(0)) one();
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #pair(request: PairRequest): Promise<RecordView> {
    this.requests.push(request);
    if (this.isHeld) await new Promise<void>((resolve) => this.#held.push(resolve));
    if (this.fails > 0) {
      this.fails--;
      throw new Error('The file is gone.');
    }
    const { record, step, shownAs = 0 } = request;
    if (this.isReading) return this.#view(record, { kind: 'empty', isPending: true });
    if (step === 'here') return this.#view(record, { pair: request.pair ?? 0 });
    const list = REVIEW.filter((one) => !this.#fixed.has(one));
    const here = list.indexOf(record);
    const before = here >= 0 ? here - 1 : shownAs > 0 ? shownAs - 2 : list.length - 1;
    const after = here >= 0 ? here + 1 : shownAs > 0 ? shownAs - 1 : 0;
    return this.#view(list[((step === 'next' ? after : before) + list.length) % list.length]!);
  }

  #view(record: number, more: object = {}): RecordView {
    const list = REVIEW.filter((one) => !this.#fixed.has(one));
    const place = {
      kind: 'pair',
      uri: URI,
      record,
      pair: 0,
      pairKey: `key ${record}`,
      findingNumber: list.indexOf(record) + 1,
      findings: list.includes(record) ? [{ rule: 'x', severity: 'error', message: '' }] : [],
      ...more,
    };
    // Fields that the controller does not read are left out.
    return place as unknown as RecordView;
  }

  async #edit(ref: RecordRef, { kind }: RecordEdit): Promise<RecordRef> {
    if (this.isRefusing) throw new Error('Row 5 holds no pair.');
    this.edits.push({ ...ref, kind });
    if (this.#fixed.has(ref.record)) this.#fixed.delete(ref.record);
    else this.#fixed.add(ref.record);
    return Promise.resolve({ uri: ref.uri, record: ref.record, pair: this.pairAfterEdit });
  }
}

const recordIn = (shown: { readonly view: RecordView } | null | undefined): number | undefined =>
  shown?.view.record;

describe('the pair controller', () => {
  it('walks the findings in a circle, both ways', async () => {
    const { controller } = new FakeServer();
    expect(recordIn(await controller.review(URI))).toBe(4);
    const seen: unknown[] = [];
    for (const action of ['next', 'next', 'next', 'previous'] as const)
      seen.push(recordIn(await controller.act(action, at(4))));
    expect(seen).toEqual([2, 7, 4, 7]);
  });

  it('makes one step per key, however fast they come', async () => {
    const { controller } = new FakeServer();
    await controller.review(URI);
    const steps = await Promise.all(['next', 'next'].map(async () => controller.act('next', at(4))));
    expect(steps.map(recordIn)).toEqual([2, 7]);
  });

  it('moves on to the next finding after one is fixed', async () => {
    const { controller } = new FakeServer();
    await controller.review(URI);
    expect((await controller.act('flip', at(4)))?.view.findingNumber).toBe(0);
    expect(recordIn(await controller.act('next', at(4)))).toBe(2);
  });

  it('is not delayed by a refresh: an earlier step stays', async () => {
    const server = new FakeServer();
    const { controller } = server;
    await controller.review(URI);
    server.isHeld = true;
    const step = controller.act('next', at(4));
    const refreshed = controller.refresh();
    await server.release();
    expect([recordIn(await step), recordIn((await refreshed)?.shown)]).toEqual([2, 2]);
  });

  it('refreshes once, however many changes come before it starts', async () => {
    const server = new FakeServer();
    await server.controller.open({ uri: URI, record: 2 });
    const count = server.requests.length;
    await Promise.all(Array.from({ length: 5 }, async () => server.controller.refresh()));
    expect(server.requests).toHaveLength(count + 1);
  });

  it('edits the pair that the page showed, by its key, though another is visible by now', async () => {
    const server = new FakeServer();
    const { controller } = server;
    await controller.review(URI);
    const [step, flip] = [controller.act('next', at(4)), controller.act('flip', at(4))];
    expect([recordIn(await step), await flip]).toEqual([2, null]);
    expect(server.edits).toMatchObject([{ record: 4, pairKey: 'key 4' }]);
    expect(controller.view?.record).toBe(2);
  });

  it('says so if an action comes too late for a pair without a key', async () => {
    const server = new FakeServer();
    const { controller } = server;
    await controller.review(URI);
    const nameless = { uri: URI, record: 4, pair: 0 };
    const [step, flip] = [controller.act('next', at(4)), controller.act('flip', nameless)];
    await expect(flip).rejects.toThrow('Another pair was shown before this action arrived.');
    expect([recordIn(await step), server.edits]).toEqual([2, []]);
  });

  it('undoes flips in reverse order, each under its current name', async () => {
    const server = new FakeServer();
    const { controller } = server;
    await controller.open({ uri: URI, record: 4 });
    server.pairAfterEdit = 1;
    expect((await controller.act('flip', at(4)))?.undoCount).toBe(1);
    server.pairAfterEdit = 0;
    await controller.open({ uri: URI, record: 2 });
    expect((await controller.act('flip', at(2)))?.undoCount).toBe(2);
    const undo = async (): Promise<unknown> => (await controller.act('undo', at(2)))?.view;
    expect(await undo()).toMatchObject({ record: 2 });
    expect(await undo()).toMatchObject({ record: 4, pair: 0 });
    expect(await undo()).toBeUndefined();
    expect(server.edits.slice(2)).toMatchObject([{ record: 2 }, { record: 4, pair: 1, pairKey: 'key 4' }]);
  });

  it('undoes the same flip again if the server refused the first time, never an earlier one', async () => {
    const server = new FakeServer();
    const { controller } = server;
    for (const record of [4, 2]) {
      await controller.open({ uri: URI, record });
      await controller.act('flip', at(record));
    }
    server.isRefusing = true;
    await expect(controller.act('undo', at(2))).rejects.toThrow('holds no pair.');
    server.isRefusing = false;
    expect((await controller.act('undo', at(2)))?.view).toMatchObject({ record: 2 });
    expect(controller.shown?.undoCount).toBe(1);
  });

  it('adds nothing to the history if the server edits nothing', async () => {
    const server = new FakeServer();
    await server.controller.open({ uri: URI, record: 4 });
    server.isRefusing = true;
    await expect(server.controller.act('flip', at(4))).rejects.toThrow('Row 5 holds no pair.');
    expect(server.controller.shown?.undoCount).toBe(0);
  });

  it('repeats the request while the server is still reading', async () => {
    const server = new FakeServer();
    const { controller } = server;
    server.isReading = true;
    expect((await controller.review(URI)).view.kind).toBe('empty');
    server.isReading = false;
    expect(recordIn((await controller.refresh())?.shown)).toBe(4);
  });

  it('shows a selected row with the next refresh if its request failed', async () => {
    const server = new FakeServer();
    const { controller } = server;
    await controller.open({ uri: URI, record: 2 });
    server.fails = 1;
    await expect(controller.open({ uri: URI, record: 7 })).rejects.toThrow('The file is gone.');
    expect(controller.selected?.record).toBe(7);
    expect(recordIn((await controller.refresh())?.shown)).toBe(7);
  });

  it('stays where it is when a step fails', async () => {
    const server = new FakeServer();
    const { controller } = server;
    await controller.review(URI);
    server.fails = 1;
    await expect(controller.act('next', at(4))).rejects.toThrow('The file is gone.');
    expect(recordIn((await controller.refresh())?.shown)).toBe(4);
    expect(recordIn(await controller.act('next', at(4)))).toBe(2);
  });

  it('peeks at a pair without showing it, also while an edit is under way', async () => {
    const server = new FakeServer();
    const { controller } = server;
    await controller.open(at(3));
    server.isHeld = true;
    const flip = controller.act('flip', at(3));
    await new Promise((resolve) => setImmediate(resolve));
    server.isHeld = false;
    expect((await controller.peek(at(4))).view.record).toBe(4);
    expect([controller.view?.record, controller.selected?.record]).toEqual([3, 3]);
    await server.release();
    expect((await flip)?.view.record).toBe(3);
  });

  it('requests nothing for a row that was left before its turn', async () => {
    const server = new FakeServer();
    const { controller } = server;
    server.isHeld = true;
    const first = controller.open({ uri: URI, record: 2 });
    const left = new AbortController();
    const second = controller.open({ uri: URI, record: 4 }, left.signal);
    left.abort(new Error('left'));
    const third = controller.open({ uri: URI, record: 7 });
    const refused = expect(second).rejects.toThrow('left');
    await server.release();
    await refused;
    expect([recordIn(await first), recordIn(await third)]).toEqual([2, 7]);
    expect(server.requests.map(({ record }) => record)).toEqual([2, 7]);
  });

  it('keeps the pair that the page showed, and only if it still has a finding', async () => {
    const server = new FakeServer();
    const { controller } = server;
    await controller.review(URI);
    await controller.act('next', at(4));
    await controller.act('keep', at(4));
    expect(server.kept).toEqual([4]);
    await expect(controller.act('keep', at(5))).rejects.toThrow('Another pair was shown');
    await expect(controller.act('keep', at(2, { pairKey: 'other' }))).rejects.toThrow('Another pair');
  });

  it('sets the margin that the user enters, and none if there is no input', async () => {
    const server = new FakeServer();
    await server.controller.open({ uri: URI, record: 2 });
    expect(await server.controller.act('margin', at(2))).toBeNull();
    server.margin = 1.5;
    await server.controller.act('margin', at(2));
    expect(server.edits).toMatchObject([{ kind: 'margin', record: 2 }]);
  });
});

describe('the history of a file on disk', () => {
  it('can undo an edit at once, before a status counts it', async () => {
    const status = { unsavedCount: 0, revision: 4 };
    const undone: string[] = [];
    const history = hostHistory({
      unsavedCount: () => status.unsavedCount,
      revision: () => status.revision,
      undo: async () => Promise.resolve(undone.push('edit')),
    });
    expect(history.count).toBe(0);
    history.add({ uri: URI, record: 0 }, { kind: 'flip' });
    expect(history.count).toBe(1);
    Object.assign(status, { unsavedCount: 3, revision: 5 });
    expect(history.count).toBe(3);
    await history.undo();
    Object.assign(status, { unsavedCount: 0, revision: 6 });
    expect([history.count, undone]).toEqual([0, ['edit']]);
  });
});
