// A chat template that never ends, eats memory, or fills the page.
import { afterAll, describe, expect, it } from 'vitest';

import { TemplateProcess } from '#node/models/templateProcess.ts';
import type { Scorer } from '#node/scoring/process.ts';
import { startScorer } from '#node/scoring/process.ts';
import type { Written } from '#protocol/editor/templates.ts';

import { never, testFolder } from '../fakes/files.ts';
import { isAlive, SCORER } from '../process/run.ts';
import { report } from './attack.ts';

const folder = testFolder('chat-templates');
const started: Scorer[] = [];
const processes: TemplateProcess[] = [];
afterAll(() => {
  for (const one of processes) one.close();
});

const LOOP = '{% for a in range(100000) %}{% for b in range(100000) %}{{ a * b }}{% endfor %}{% endfor %}';
const EATER =
  "{% set ns = namespace(all=['a']) %}{% for i in range(60) %}{% set ns.all = ns.all + ns.all %}{% endfor %}{{ ns.all | length }}";
const DOUBLER =
  "{% set ns = namespace(text='abcdefgh') %}{% for i in range(60) %}{% set ns.text = ns.text + ns.text %}{% endfor %}{{ ns.text }}";
const GOOD = '{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}';

const TALK = [{ role: 'user', text: 'hello' }];

function processWith(limits: ConstructorParameters<typeof TemplateProcess>[1]): TemplateProcess {
  const one = new TemplateProcess(async (options) => {
    const scorer = await startScorer(SCORER, options);
    started.push(scorer);
    return scorer;
  }, limits);
  processes.push(one);
  return one;
}

/** Writes with a template of its own folder. */
async function write(
  one: TemplateProcess,
  name: string,
  template: string,
  signal: AbortSignal = never,
): Promise<Written> {
  folder.write(`${name}/chat_template.jinja`, template);
  const [written] = await one.write(`${folder.path}/${name}`, [TALK], signal);
  return written!;
}

const faultOf = (written: Written) => (written.ok ? undefined : written.fault);
const HELLO = { ok: true, value: { text: 'user: hello', tokens: [] } };

describe('38: a chat template', () => {
  it('38: that never ends is stopped with its process, and the next one is written', async () => {
    const one = processWith({ writeMs: 2000 });
    expect(faultOf(await write(one, 'loop', LOOP))).toMatchObject({ kind: 'slow', detail: '2' });
    expect(isAlive(started.at(-1)!.pid)).toBe(false);
    // This one is not measured: it has all the time that a busy machine takes.
    expect(await write(processWith({}), 'good', GOOD)).toEqual(HELLO);
  });

  it('38: that eats memory ends its process at the limit, and nothing else', async () => {
    const one = processWith({ writeMs: 240_000, maxMb: 400 });
    const fault = faultOf(await write(one, 'eater', EATER));
    expect(fault?.kind).toBe('ended');
    expect(fault?.detail).toMatch(/It used \d+ MB; the limit is 400 MB/);
    expect(await write(one, 'good', GOOD)).toEqual(HELLO);
    report('chat templates that eat memory', { tried: 1 });
  });

  it('38: that doubles a text until there is no room for it is refused, and the process goes on', async () => {
    const one = processWith({ writeMs: 240_000 });
    expect(faultOf(await write(one, 'doubler', DOUBLER))).toMatchObject({
      kind: 'refused',
      detail: 'Invalid string length',
    });
    expect(await write(one, 'good', GOOD)).toEqual(HELLO);
  });

  it('38: that nobody waits for any more is stopped, and the next one does not wait for it', async () => {
    const one = processWith({ writeMs: 240_000 });
    expect(await write(one, 'good', GOOD)).toEqual(HELLO);
    const controller = new AbortController();
    const left = write(one, 'loop', LOOP, controller.signal).catch((error: unknown) => error);
    const next = write(one, 'good', GOOD);
    setTimeout(() => {
      controller.abort(new Error('The person went on.'));
    }, 200);
    expect(await left).toMatchObject({ message: 'The person went on.' });
    expect(await next).toEqual(HELLO);
  });

  it('38: has no process any more once the server closes', async () => {
    const one = processWith({});
    await write(one, 'good', GOOD);
    const { pid, gone } = started.at(-1)!;
    one.close();
    await gone.catch(() => undefined);
    expect(isAlive(pid)).toBe(false);
    await expect(write(one, 'good', GOOD)).rejects.toThrow('The server ends.');
  });
});
