// Every view of the extension's pages, with the files that they show. Pictures, accessibility and colours are tested on all of them.
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Frame, Page } from 'playwright-core';

import { generatePairs } from '../bench/generate.ts';
import { goTo, openFile, press, runCommand, startCommand, statusText, until } from './actions.ts';

/** Widths of the workbench, in pixels. */
export const WIDTHS = [480, 900, 1440] as const;

/** Settings that leave the whole window to the editor. */
export const VIEW_SETTINGS = {
  'workbench.activityBar.location': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
};

const RICH = `## Dijkstra's algorithm

Keep the nodes in a **heap**, by their distance. Each step takes the *nearest* one:

1. Take a node \`u\`.
2. Relax each of its edges, $d(v) = \\min(d(v), d(u) + w(u, v))$.

\`\`\`python
import heapq

def shortest(graph: dict, start: str) -> dict:
    """Distances from start."""
    done, heap = {}, [(0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        if u not in done:
            done[u] = d
            for v, w in graph[u]:
                heapq.heappush(heap, (d + w, v))
    return done
\`\`\`

| heap | time |
|---|---:|
| binary | $O((n + m) \\log n)$ |
| Fibonacci | $O(m + n \\log n)$ |

$$\\sum_{v \\in V} \\deg(v) = 2\\,|E|$$

> It needs weights of at least 0. See [the proof](https://example.com/proof).`;

const records = (...list: readonly object[]): string =>
  list.map((record) => `${JSON.stringify(record)}\n`).join('');

const RICH_RECORDS = records(
  {
    source: 'course notes',
    chosen_model: 'tutor-2',
    rejected_model: 'tutor-1',
    annotator: 'ab12',
    tags: ['graphs', 'code'],
    rationale: 'The better answer says when it holds.',
    messages: [
      { role: 'system', content: 'You teach computer science.' },
      { role: 'user', content: 'Which algorithms find shortest paths?' },
      { role: 'assistant', content: 'Breadth-first search, Dijkstra, Bellman-Ford.' },
      { role: 'user', content: 'Show me the second one.' },
    ],
    chosen: [{ role: 'assistant', content: RICH }],
    rejected: [
      {
        role: 'assistant',
        content: RICH.replace('nearest', 'farthest').replace('at least 0', 'any kind') + '<|im_end|>',
      },
    ],
  },
  {
    source: 'travel',
    messages: [{ role: 'user', content: 'Where is the market?' }],
    chosen: [{ role: 'assistant', content: 'By the bridge, on Saturdays until two.' }],
    rejected: [{ role: 'assistant', content: 'I am not sure, sorry.' }],
  },
);

const RANKED_RECORDS = records(
  ...Array.from({ length: 12 }, (_, i) => ({
    prompt: `Name a bird of the shore, number ${i}.`,
    answers: ['A wren', 'A heron, which stands in shallow water', 'An owl at night', 'A **curlew**'].map(
      (answer, rank) => ({ answer, rank: ((rank + i) % 4) + 1, model: `model-${rank}` }),
    ),
  })),
);

/** The files of all views. */
export function writeViewFiles(folder: string): void {
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
  };
  cpSync(
    join(import.meta.dirname, '..', '..', 'media', 'sample', 'support.jsonl'),
    join(folder, 'support.jsonl'),
  );
  write('rich.jsonl', RICH_RECORDS);
  write('ranked.jsonl', RANKED_RECORDS);
  write(
    'verdicts.jsonl',
    records(
      { prompt: 'Capital of France?', completion: 'Paris.', label: true },
      { prompt: 'Capital of Peru?', completion: 'Quito, I think.', label: false },
    ),
  );
  write(
    'odd.jsonl',
    records(...[1, 2, 3].map((i) => ({ ask: `Question ${i}?`, nice: 'Yes.', awful: 'No.' }))),
  );
  write('empty.jsonl', '');
  write('broken.parquet', 'PAR1 this is not a table PAR1');
  write('wide.jsonl', [...generatePairs(300, 3)].join(''));
}

/** The page in which `isReady` finds what it needs. */
async function frameWith(
  page: Page,
  what: string,
  isReady: (frame: Frame) => Promise<boolean>,
): Promise<Frame> {
  return until(what, async () => {
    for (const frame of page.frames()) {
      if (frame === page.mainFrame()) continue;
      if (await isReady(frame).catch(() => false)) return frame;
    }
    return false;
  });
}

const has =
  (selector: string, count = 1) =>
  async (frame: Frame): Promise<boolean> =>
    (await frame.locator(selector).filter({ visible: true }).count()) >= count;

const says =
  (words: string) =>
  async (frame: Frame): Promise<boolean> =>
    (await frame.evaluate(() => document.body.innerText)).includes(words);

async function openText(page: Page, name: string): Promise<void> {
  await runCommand(page, 'View: Close All Editors');
  await openFile(page, name);
  await until('the status', async () => !((await statusText(page)) ?? 'Reading').includes('Reading'));
}

async function openDataset(page: Page, name: string): Promise<Frame> {
  await openText(page, name);
  await runCommand(page, 'PrefLens: Open as Dataset');
  const frame = await frameWith(page, `the dataset of ${name}`, has('.query input'));
  // It remembers the filter of the view before.
  await frame.locator('.query input').fill('');
  await frameWith(page, `the rows of ${name}`, has('.list .row'));
  return frame;
}

/** The dataset of a file in a layout, with a selected row. */
const dataset =
  (name: string, layout: string, rows: string) =>
  async (page: Page): Promise<Frame> => {
    const frame = await openDataset(page, name);
    await frame.getByRole('button', { name: layout }).click();
    await frame.getByRole('tab', { name: rows }).click();
    await frame.locator('.list .row').first().click();
    return frame;
  };

async function openCompare(page: Page, name: string, line: number): Promise<void> {
  await openText(page, name);
  await goTo(page, line, 2);
  await runCommand(page, 'PrefLens: Compare Chosen and Rejected');
}

const beside =
  (name: string, line: number, selector = 'main > article') =>
  async (page: Page): Promise<Frame> => {
    await openCompare(page, name, line);
    return frameWith(page, `${name} beside its text`, has(selector));
  };

const wide =
  (name: string, line: number, selector = 'main > article') =>
  async (page: Page): Promise<Frame> => {
    await beside(name, line, selector)(page);
    await runCommand(page, 'Compare: Open in a Wide Tab');
    return frameWith(page, `${name} in a wide tab`, has(selector));
  };

const message =
  (name: string, words: string) =>
  async (page: Page): Promise<Frame> => {
    await openCompare(page, name, 1);
    await runCommand(page, 'Compare: Open in a Wide Tab');
    return frameWith(page, words, says(words));
  };

/** What can be reviewed; a review that goes on is left. */
async function reviewStart(page: Page): Promise<Frame> {
  await openText(page, 'support.jsonl');
  await until('the findings', async () => ((await statusText(page)) ?? '').endsWith('findings'));
  await runCommand(page, 'PrefLens: Review Pairs');
  const frame = await frameWith(page, 'the review', has('.review-start .choice, .review article'));
  if ((await frame.locator('.review article').count()) > 0) {
    await frame.locator('.review nav strong').click();
    await press(page, 'Escape');
  }
  await frame.locator('.review-start .choice').first().waitFor();
  return frame;
}

export interface View {
  readonly name: string;
  /** Opens it and returns its page. */
  readonly open: (page: Page) => Promise<Frame>;
}

const view = (name: string, open: View['open']): View => ({ name, open });

export const VIEWS: readonly View[] = [
  view('rows alone', dataset('support.jsonl', 'Rows alone', 'All rows')),
  view('rows beside', dataset('support.jsonl', 'Pair beside the rows', 'Findings')),
  view('rows below', dataset('rich.jsonl', 'Pair below the rows', 'All rows')),
  view('rows marked', async (page) => {
    const frame = await dataset('support.jsonl', 'Pair beside the rows', 'Findings')(page);
    await frame
      .locator('.list .row')
      .nth(3)
      .click({ modifiers: ['Shift'] });
    await frame.locator('.marked-rows').waitFor();
    return frame;
  }),
  view('filter fault', async (page) => {
    const frame = await dataset('support.jsonl', 'Rows alone', 'All rows')(page);
    await frame.locator('.query input').fill('margin<x rule:nothing');
    await frame.locator('.fault').first().waitFor();
    return frame;
  }),
  view('filter completion', async (page) => {
    const frame = await dataset('support.jsonl', 'Rows alone', 'All rows')(page);
    await frame.locator('.query input').fill('');
    await frame.locator('.query input').pressSequentially('rule:l');
    await frame.locator('.completions li').first().waitFor();
    return frame;
  }),
  view('columns', async (page) => {
    const frame = await dataset('rich.jsonl', 'Rows alone', 'All rows')(page);
    await frame.getByRole('button', { name: 'Columns' }).click();
    await frame.locator('.picker').waitFor();
    return frame;
  }),
  view('open cell', async (page) => {
    const frame = await dataset('rich.jsonl', 'Rows alone', 'All rows')(page);
    await frame.locator('.list .row [data-column=chosen]').first().click();
    await frame.locator('.list').press('Enter');
    await frame.locator('.cell-text').waitFor();
    return frame;
  }),
  view('no rows', async (page) => {
    const frame = await dataset('support.jsonl', 'Pair beside the rows', 'All rows')(page);
    await frame.locator('.query input').fill('text:"nobody wrote this"');
    await frame.locator('.left .nothing').waitFor();
    return frame;
  }),
  view('portrait', async (page) => {
    await openText(page, 'support.jsonl');
    await until('the findings', async () => ((await statusText(page)) ?? '').endsWith('findings'));
    await runCommand(page, 'PrefLens: Show Portrait');
    return frameWith(page, 'the portrait', has('#figure-margins svg'));
  }),
  view('portrait of rows', async (page) => {
    const frame = await dataset('support.jsonl', 'Pair beside the rows', 'All rows')(page);
    await frame.locator('.query input').fill('margin<0 length>200');
    await frame.locator('.query input').press('Enter');
    await frame.getByRole('tab', { name: 'Portrait' }).click();
    await frame.getByRole('button', { name: /filtered rows/i }).click();
    await frame.locator('#figure-subset').waitFor();
    return frame;
  }),
  view('review start', async (page) => reviewStart(page)),
  view('review pair', async (page) => {
    const frame = await reviewStart(page);
    await frame.getByRole('button', { name: /^Doubtful labels/ }).click();
    await frame.locator('.review article').first().waitFor();
    for (const key of ['a', '3', 's']) {
      await press(page, key);
      await page.waitForTimeout(1500);
    }
    return frame;
  }),
  view('review lesson', async (page) => {
    const frame = await reviewStart(page);
    await frame.getByRole('button', { name: /^Doubtful labels/ }).click();
    await frame.locator('.review article').first().waitFor();
    // From 20 verdicts on, the tab says what to expect.
    for (const [i, key] of [...'ffafffaaaffaaaaafaaaaa'].entries()) {
      await press(page, key);
      await frame.locator('.review nav strong', { hasText: new RegExp(`^${i + 2} of`) }).waitFor();
    }
    return frame;
  }),
  view('review blind', async (page) => {
    const frame = await reviewStart(page);
    await frame.getByLabel(/Blind/).check();
    await frame.getByRole('button', { name: /^Doubtful labels/ }).click();
    await frame.locator('.review article').first().waitFor();
    return frame;
  }),
  view('findings view', async (page) => {
    await openText(page, 'support.jsonl');
    await until('the findings', async () => ((await statusText(page)) ?? '').endsWith('findings'));
    await runCommand(page, 'PrefLens: Focus on Findings View');
    await page.locator('.sidebar .pane-body .monaco-list-row').first().click();
    await page.waitForTimeout(1000);
    return page.mainFrame();
  }),
  view('walkthrough', async (page) => {
    await runCommand(page, 'View: Close All Editors');
    await startCommand(page, 'Welcome: Open Walkthrough');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'PrefLens' }).first().click();
    await page.waitForTimeout(2000);
    return page.mainFrame();
  }),
  view('compare beside', beside('rich.jsonl', 1)),
  view('compare wide', wide('rich.jsonl', 1)),
  view('compare unrelated', wide('rich.jsonl', 2)),
  view('compare candidates', async (page) => {
    const frame = await wide('ranked.jsonl', 1)(page);
    await frame.getByRole('button', { name: /candidates/ }).click();
    await frame.locator('main.candidates').waitFor();
    return frame;
  }),
  view('compare verdict', wide('verdicts.jsonl', 2)),
  view('map fields', message('odd.jsonl', 'Map Fields…')),
  view('unrecognised rows', async (page) => {
    await openText(page, 'odd.jsonl');
    await runCommand(page, 'PrefLens: Open as Dataset');
    return frameWith(page, 'the rows', has('.list .row'));
  }),
  view('empty file', async (page) => {
    await openText(page, 'empty.jsonl');
    await runCommand(page, 'PrefLens: Open as Dataset');
    return frameWith(page, 'the message', has('.bar'));
  }),
  view('unreadable file', async (page) => {
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, 'broken.parquet');
    await page.waitForTimeout(1500);
    return page.mainFrame();
  }),
];

/** Closes what a view leaves open. */
export async function leave(page: Page): Promise<void> {
  for (let i = 0; i < 3; i++) await press(page, 'Escape');
  await runCommand(page, 'Notifications: Clear All Notifications');
}
