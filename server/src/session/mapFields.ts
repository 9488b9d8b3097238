// Fields of an open file that is not recognised, for a person to map.
import type { MappingRule } from '#core/config/config.ts';
import { mappingOf, RuleFault } from '#core/config/config.ts';
import { suggest } from '#core/config/suggest.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import { readRecord } from '#core/mapping/read.ts';
import { Sample } from '#core/mapping/sample.ts';
import { messages, UserError } from '#core/messages.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Turn } from '#core/model/pair.ts';
import { addMapping } from '#node/addEntry.ts';
import type { MappingFields, MappingPreview, PreviewPair } from '#protocol/editor/mapping.ts';

import { pathOf } from './names.ts';
import type { Session } from './session.ts';

/** Pairs to show. */
const MAX_PAIRS = 3;

/** Longest text to show, in UTF-16 units. */
const MAX_TEXT = 200;

async function sampleOf(session: Session): Promise<readonly JsonObject[]> {
  session.update();
  const sample = new Sample();
  for await (const raw of session.source.records()) {
    sample.add(parseRecord(raw), raw.byteEnd - raw.byteStart);
    if (sample.isEnough) break;
  }
  return sample.objects;
}

export async function mappingFields(session: Session): Promise<MappingFields> {
  const { fields, readings } = suggest(await sampleOf(session));
  // An open label has readings of its own.
  const { polarity } = session.dataset.survey.recognition ?? {};
  return { fields, readings: polarity?.readings ?? readings };
}

function shown(turns: readonly Turn[]): string {
  const text = turns.map((turn) => turn.text).join(' ⏎ ');
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** The first pairs as a mapping reads them. Rejects with a UserError if it reads none. */
export async function previewMapping(session: Session, rule: MappingRule): Promise<MappingPreview> {
  const sample = await sampleOf(session);
  let mapping;
  try {
    mapping = mappingOf(rule);
  } catch (error) {
    if (error instanceof RuleFault) throw new UserError(error.message);
    throw error;
  }
  const pairs: PreviewPair[] = [];
  let read = 0;
  let why: string | undefined;
  for (const record of sample) {
    const outcome = readRecord(mapping, record);
    if ('problem' in outcome) {
      why ??= outcome.problem.expected;
      continue;
    }
    const [pair] = outcome.pairs;
    if (!pair) continue;
    read++;
    const { prompt, chosen, rejected, isTie } = pair;
    if (pairs.length < MAX_PAIRS)
      pairs.push({
        prompt: shown(prompt),
        chosen: shown(chosen.turns),
        rejected: shown(rejected.turns),
        isTie,
      });
  }
  if (read === 0) throw messages.readsNothing(why);
  return { pairs, read, records: sample.length };
}

/** Writes a mapping of the file into its preflens.json, and returns the path of that. */
export async function writeMapping(session: Session, rule: MappingRule): Promise<string> {
  const path = pathOf(session.uri);
  if (path === undefined) throw messages.notOnDisk(session.uri);
  const written = await addMapping(path, rule);
  await session.read();
  return written;
}
