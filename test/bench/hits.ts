// npm run bench:hits -- RULE [COUNT] [SEED]: a random sample of one rule's findings on all real data beside
// the clone, with the surrounding text, for reading by eye.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { examine } from '#core/checks/examine.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { ALL_RULES } from '#core/checks/table.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import { valueAt } from '#core/mapping/field.ts';
import { isObject } from '#core/model/json.ts';
import { seededRandom } from '#core/score/random.ts';
import { openFile } from '#node/files.ts';
import { recogniseFile } from '#node/surveyFile.ts';

const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const AROUND = 110;

const [rule = '', count = '50', seed = '1'] = process.argv.slice(2);
const off = Object.fromEntries(ALL_RULES.map(({ id }) => [id, 'off' as const]));
const rules = resolveRules([{ ...off, [rule]: 'warning' }]);

interface Shown {
  readonly where: string;
  readonly message: string;
  readonly prompt: string;
  readonly text: string;
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ⏎ ');

const files = readdirSync(DATA, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.jsonl.gz'))
  .sort();
const hits: Shown[] = [];
const perFile = new Map<string, number>();
let records = 0;
for (const name of files) {
  const file = await openFile(join(DATA, name));
  const recognition = await recogniseFile(file).catch(() => undefined);
  if (!recognition) continue;
  for await (const raw of file.records()) {
    records++;
    const parsed = parseRecord(raw);
    const { findings, pairs } = examine(parsed, recognition.mapping, raw.record, rules);
    for (const { place, message, pair } of findings) {
      perFile.set(name, (perFile.get(name) ?? 0) + 1);
      const value =
        'value' in parsed && isObject(parsed.value) ? valueAt(parsed.value, place.path) : undefined;
      const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
      const [start, end] = place.within ?? [0, 0];
      const shown = place.within
        ? `…${text.slice(Math.max(0, start - AROUND), start)}⟦${text.slice(start, end)}⟧${text.slice(end, end + AROUND)}`
        : text.slice(0, 3 * AROUND);
      const prompt = pairs[pair ?? 0]?.prompt.at(-1)?.text ?? '';
      hits.push({
        where: `${name}:${raw.line + 1}`,
        message,
        prompt: oneLine(prompt.slice(0, AROUND)),
        text: oneLine(shown),
      });
    }
  }
}
const random = seededRandom(Number(seed));
const drawn = hits
  .map((hit) => ({ hit, key: random() }))
  .sort((a, b) => a.key - b.key)
  .slice(0, Number(count));
console.log(`${rule}: ${hits.length} findings in ${records} records of ${files.length} files`);
console.log([...perFile].map(([name, found]) => `  ${name}: ${found}`).join('\n'));
drawn.forEach(({ hit }, i) => {
  console.log(`\n${i + 1}. ${hit.where}  ${hit.message}\n   P: ${hit.prompt}\n   ${hit.text}`);
});
