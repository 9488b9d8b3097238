// npm run bench:query: filter and sort a million records, and search real text, in an open file of the language server.
// PREFLENS_BENCH_TEXT names JSON Lines of real text; without it, sentences of the sample are used.
import { seededRandom } from '#core/score/random.ts';

import { measureTextSearch, openBench } from './textSearch.ts';

const COUNT = 1_000_000;
/** Of the first screen. */
const MAX_SCREEN_MS = 200;

const random = seededRandom(1);
const bench = openBench();

function* shortRecords(): Generator<string> {
  for (let i = 0; i < COUNT; i++) {
    const source = ['sharegpt', 'hh', 'arena', 'ultra'][Math.floor(random() * 4)];
    const id = Math.floor(random() * 1e9).toString(36);
    yield `{"prompt":"question ${i}","chosen":"${'yes '.repeat(1 + Math.floor(random() * 12))}","rejected":"${'no '.repeat(1 + Math.floor(random() * 12))}","source":"${source}","score":${random().toFixed(4)},"id":"${id}"}\n`;
  }
}

const slow: string[] = [];
const judge = (words: string, isGood: boolean): void => {
  if (!isGood) slow.push(words);
  console.log(`  ${words}${isGood ? '' : '   TOO SLOW'}`);
};

try {
  const facts = await bench.open(await bench.write('million.jsonl', shortRecords()));
  const { pairCount } = facts.dataset.survey.facts;
  for (let pair = 0; pair < pairCount; pair++)
    facts.dataset.survey.facts.setMargin(pair, (random() - 0.5) * 8);
  for (const query of [
    'margin<0',
    'margin<-1 length>60 length_difference>5',
    '-(margin<0 OR chosen_length<20)',
    'record>999000',
    'rule:likely-mislabeled OR is:tie',
  ]) {
    const { first, total } = await bench.run(facts, { query });
    judge(
      `${query}: ${total.toLocaleString('en')} rows, first 100 after ${first.toFixed(0)} ms`,
      first < MAX_SCREEN_MS || total === 0,
    );
  }
  for (const field of ['margin', 'length', 'score', 'source', 'id']) {
    const { first } = await bench.run(facts, { sort: { field, isDescending: true } });
    console.log(`  sorted by ${field}: ${first.toFixed(0)} ms`);
    const again = await bench.run(facts, { sort: { field, isDescending: false } });
    console.log(`    the other way: ${again.first.toFixed(0)} ms`);
  }
  for (const query of ['source:arena', 'score>0.999']) {
    const { first, all, total } = await bench.run(facts, { query });
    console.log(
      `  ${query}: ${total.toLocaleString('en')} rows, first 100 after ${first.toFixed(0)} ms, all after ${all.toFixed(0)} ms`,
    );
  }
  bench.host.sessions.closeAll();

  await measureTextSearch(bench, judge);
} finally {
  bench.close();
}
process.exitCode = slow.length > 0 ? 1 : 0;
