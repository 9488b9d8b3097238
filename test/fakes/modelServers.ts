// Model servers on loopback that speak the real protocols: longer answers are better.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect } from 'vitest';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
export type Body = Readonly<Record<string, unknown>>;

export interface Seen {
  readonly url: string;
  readonly body: Body;
  readonly headers: IncomingMessage['headers'];
}

export interface Fake {
  readonly url: string;
  readonly seen: Seen[];
  /** Most requests open at one time. */
  max: number;
}

export type Answer = (seen: Seen, response: ServerResponse, number: number) => unknown;

/** A server on loopback. `answer` returns the JSON, or handles the response itself and returns undefined. */
export async function serve(answer: Answer): Promise<Fake> {
  const seen: Seen[] = [];
  let openNow = 0;
  const server = createServer((request, response) => {
    let text = '';
    openNow++;
    fake.max = Math.max(fake.max, openNow);
    response.on('close', () => openNow--);
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const one = { url: request.url!, body: JSON.parse(text) as Body, headers: request.headers };
      seen.push(one);
      const json = answer(one, response, seen.length);
      if (json !== undefined)
        response.setHeader('content-type', 'application/json').end(JSON.stringify(json));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: Fake = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, max: 0 };
  return fake;
}

/** Longer is better, by a hundredth per character. */
export const worth = (text: string): number => text.length / 100;

/** The servers, as their own documentation describes them. */
export const SERVERS: Record<string, Answer> = {
  oip: ({ url, body }) => {
    expect(url).toBe('/v2/models/rm/infer');
    const [input] = body.inputs as { shape: number[]; datatype: string; data: string[] }[];
    expect([input!.datatype, input!.shape]).toEqual(['BYTES', [input!.data.length, 1]]);
    const output = {
      name: 'score',
      datatype: 'FP32',
      shape: [input!.data.length, 1],
      data: input!.data.map(worth),
    };
    return { model_name: 'rm', outputs: [output] };
  },
  'vllm-pooling': ({ url, body }) => {
    expect(url).toBe('/pooling');
    const messages = body.messages as { role: string; content: string }[];
    expect(messages.at(-1)!.role).toBe('assistant');
    const reward = worth(messages.at(-1)!.content);
    return { object: 'list', data: [{ index: 0, object: 'pooling', data: [[0.1], [0.2], [reward]] }] };
  },
  'vllm-classify': ({ url, body }) => {
    expect(url).toBe('/classify');
    const texts = body.input as string[];
    const data = texts.map((text, index) => {
      const yes = 1 / (1 + Math.exp(-worth(text)));
      return { index, label: 'LABEL_1', probs: [1 - yes, yes], num_classes: 2 };
    });
    return { object: 'list', data: data.reverse() };
  },
  tei: ({ url, body }) => {
    expect([url, body.raw_scores]).toEqual(['/predict', true]);
    return (body.inputs as string[][]).map(([text]) => [{ label: 'LABEL_0', score: worth(text!) }]);
  },
  'openai-judge': ({ url, body }) => {
    expect(url).toBe('/v1/chat/completions');
    const question = (body.messages as { content: string }[]).at(-1)!.content;
    const [, first, second] = /--- Answer A ---\n([^]*)\n\n--- Answer B ---\n([^]*)$/.exec(question)!;
    // Answers with a "~" always win in the first position.
    const letter =
      first!.includes('~') || first!.length > second!.length
        ? 'A'
        : first!.length < second!.length
          ? 'B'
          : 'C';
    return { choices: [{ index: 0, message: { role: 'assistant', content: ` ${letter}.` } }] };
  },
};

/** What a judge of a checklist is asked, in parts. */
export function checklistParts({
  url,
  body,
}: Pick<Seen, 'url' | 'body'>): Record<'prompt' | 'answer' | 'item', string> {
  expect([url, body.temperature]).toEqual(['/v1/chat/completions', 0]);
  const question = (body.messages as { content: string }[]).at(-1)!.content;
  const form = /^The mark is (#\w+)\n\1 CONVERSATION\n([^]*)\n\1 ANSWER\n([^]*)\n\1 ITEM\n([^]*)\n\1 END\n/;
  const [, , prompt = '', answer = '', item = ''] = form.exec(question)!;
  return { prompt, answer, item };
}

/** A judge that looks whether the answer has the last word of the item; `says` may reply something else. */
export const checklistJudge =
  (says: (parts: ReturnType<typeof checklistParts>) => string | undefined = () => undefined): Answer =>
  (seen) => {
    const parts = checklistParts(seen);
    const has = parts.answer.split(/\W+/).includes(parts.item.split(' ').at(-1)!);
    const content = says(parts) ?? (has ? 'YES' : 'No.');
    return { choices: [{ index: 0, message: { role: 'assistant', content } }] };
  };
