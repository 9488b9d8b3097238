// Surveys one file on disk: from the cache if its content is known, only its tail if it grew, otherwise with all
// threads.
import { createHash } from 'node:crypto';

import { needsWords } from '#core/checks/relations/relations.ts';
import type { SketchLimits, TextSketches } from '#core/checks/relations/textSketches.ts';
import { NO_SKETCHES, SketchJoin } from '#core/checks/relations/textSketches.ts';
import type { Suggestion } from '#core/config/suggest.ts';
import type { Schema, Survey } from '#core/dataset/survey.ts';
import { Surveyor, withoutFindings } from '#core/dataset/survey.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { recogniseAs, RECOGNITION_SAMPLE } from '#core/mapping/recognise.ts';
import { Sample } from '#core/mapping/sample.ts';
import type { UserError } from '#core/messages.ts';
import { messages } from '#core/messages.ts';
import type { JsonObject } from '#core/model/json.ts';

import type { Remembered, SurveyCache } from './cache.ts';
import { sha256 } from './cache.ts';
import { cardFor } from './card.ts';
import type { FileSettings } from './config.ts';
import { configuredMapping, DEFAULT_SETTINGS } from './config.ts';
import { containerOf, eachRange } from './containers/containers.ts';
import type { DataFile } from './dataFile.ts';
import { isPlain } from './dataFile.ts';
import { appendPart, PartJoin } from './rangeSurvey.ts';
import { readBlocks, sameStamp } from './stored.ts';
import type { RangeRunner } from './threads.ts';

export interface SurveyOptions {
  readonly ranges: RangeRunner;
  /** Undefined: don't cache. */
  readonly cache?: SurveyCache | undefined;
  /** Smaller files are read again each time, if they are plain text: that takes no longer than the cache. */
  readonly minCachedBytes?: number | undefined;
  /** Ignore the cached survey and replace it. */
  readonly rebuild?: boolean;
  /** The user's settings for the file. */
  readonly settings?: FileSettings;
  /** Pairs to sketch, if the whole file is read; their words only if a rule needs them. */
  readonly limits?: SketchLimits;
  /** Files whose facts need more are rejected. */
  readonly memoryMb?: number | undefined;
  /** Share of the file, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal: AbortSignal;
}

export interface FileSurvey {
  readonly survey: Survey;
  /** What had to be read. */
  readonly source: 'cache' | 'tail' | 'whole';
  /** With a cache: path of the facts' Arrow file, and SHA-256 of the stored bytes. */
  readonly sidecar?: string;
  readonly digest: string;
  /** Of all pairs in order; undefined if there are too many, or if the file was not read. */
  readonly sketches?: TextSketches | undefined;
}

interface Digests {
  readonly whole: string;
  /** Digest of the first `prefixBytes` bytes, if requested. */
  readonly prefix?: string;
}

async function digestsOf(
  file: DataFile,
  prefixBytes: number | undefined,
  signal: AbortSignal,
): Promise<Digests> {
  const hash = createHash('sha256');
  let read = 0;
  let prefix: string | undefined;
  for await (const chunk of readBlocks(file.path, 0, file.size)) {
    signal.throwIfAborted();
    if (prefixBytes !== undefined && prefix === undefined && read + chunk.length >= prefixBytes) {
      const cut = prefixBytes - read;
      hash.update(chunk.subarray(0, cut));
      prefix = hash.copy().digest('hex');
      hash.update(chunk.subarray(cut));
    } else {
      hash.update(chunk);
    }
    read += chunk.length;
  }
  return { whole: hash.digest('hex'), ...(prefix !== undefined && { prefix }) };
}

/** SHA-256 of the stored bytes. */
export async function digestOf(file: DataFile, signal: AbortSignal): Promise<string> {
  return (await digestsOf(file, undefined, signal)).whole;
}

/** The first objects of a file, for recognition. */
export async function sampleOf(file: DataFile): Promise<readonly JsonObject[]> {
  const sample = new Sample();
  for await (const raw of file.records()) {
    sample.add(parseRecord(raw), raw.byteEnd - raw.byteStart);
    if (sample.isEnough) break;
  }
  return sample.objects;
}

/** The survey of a file's first records. */
async function surveyHead(file: DataFile): Promise<Survey> {
  const surveyor = new Surveyor();
  let count = 0;
  for await (const raw of file.records()) {
    surveyor.add(raw);
    if (++count === RECOGNITION_SAMPLE) break;
  }
  return surveyor.end();
}

/** What would read a file that fits no schema. Throws if it is damaged, empty or no file of records. */
export async function suggestionFor(file: DataFile): Promise<Suggestion> {
  const survey = await surveyHead(file);
  if (!survey.suggestion || survey.facts.recordCount === 0 || survey.findings.length > 0)
    throw whyUnrecognised(file.path, survey);
  return survey.suggestion;
}

/** Why a survey recognised nothing. */
export function whyUnrecognised(path: string, survey: Survey): UserError {
  const { facts, findings, counts, fieldsSeen, suggestion, obstacle } = survey;
  if (obstacle) return messages.obstacle(path, obstacle);
  if (facts.recordCount === 0) return messages.empty(path);
  const broken = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [first] = findings;
  // If its rule is off, don't report a single line.
  if (first) {
    const line = (facts.records.line[first.record] ?? 0) + 1;
    return messages.brokenLines(path, broken, facts.recordCount, line, first.message);
  }
  return messages.unrecognised(path, fieldsSeen, suggestion);
}

/**
 * Decides from its first records how to read a file: by preflens.json, or by recognition. Undefined if nothing is
 * recognised. Throws if it holds no records.
 * @param cache holds how labels were read before a command changed them
 */
export async function recogniseIfKnown(
  file: DataFile,
  cache?: SurveyCache,
): Promise<Recognition | undefined> {
  const { obstacle } = await file.inspect();
  if (obstacle) throw messages.obstacle(file.path, obstacle);
  const held = await cache?.heldReading(file);
  return recogniseAs(configuredMapping(file.path), await sampleOf(file), { card: cardFor(file.path), held });
}

/** `recogniseIfKnown` that throws if nothing is recognised. */
export async function recogniseFile(file: DataFile, cache?: SurveyCache): Promise<Recognition> {
  const recognition = await recogniseIfKnown(file, cache);
  if (!recognition) throw whyUnrecognised(file.path, await surveyHead(file));
  return recognition;
}

/**
 * Bytes of a range of lines: what threads have read is joined as it comes, and few ranges are in memory twice. Other files
 * have a range for each thread, because cutting them is work.
 */
const RANGE_BYTES = 32 * 1024 * 1024;

async function surveyWhole(
  file: DataFile,
  options: SurveyOptions,
): Promise<Pick<FileSurvey, 'survey' | 'sketches'>> {
  const { ranges, onProgress, signal, settings = DEFAULT_SETTINGS, limits = NO_SKETCHES } = options;
  const { mapping, card, held, rules } = settings;
  const container = containerOf(file);
  const { isTable } = container;
  const least = file.container.kind === 'lines' && ranges.width > 1 ? Math.ceil(file.size / RANGE_BYTES) : 1;
  const cuts = await container.cut(file, Math.max(ranges.width, least));
  // Several threads need a common schema before they start; a single one can recognise it on the way.
  const recognition =
    cuts.length > 2 ? recogniseAs(mapping, await sampleOf(file), { card, held }) : undefined;
  const known: Schema | undefined = recognition ? { recognition } : { mapping, card, held };
  const textBytes = file.size * file.codec.expansion;
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    onProgress?.(Math.min(0.99, done / textBytes));
  };
  const starts = recognition || cuts.length === 2 ? cuts : [0, cuts.at(-1) ?? 0];
  const join = new PartJoin(isTable);
  const own = needsWords(rules) ? limits : { ...limits, maxWords: 0 };
  const sketches = new SketchJoin(own);
  const last = starts.at(-1) ?? 0;
  await eachRange(
    file,
    starts,
    async (range) =>
      ranges.run(
        'survey',
        {
          ...range,
          schema: known,
          rules,
          limits: own,
          // Ranges of a table are not byte ranges.
          ...(options.memoryMb !== undefined &&
            !isTable && { memory: { mb: options.memoryMb, parts: starts.length - 1 } }),
        },
        onBytes,
        signal,
      ),
    (one) => {
      const share = last > 0 ? one.end / last : 1;
      join.add(one, share);
      sketches.add(one.part.sketches, one.part.pairCount, share);
    },
  );
  return { survey: join.end(), sketches: sketches.take() };
}

/** Surveys a file that grew. The old last record may have been incomplete, so start reading there. */
async function surveyTail(file: DataFile, old: Survey, options: SurveyOptions): Promise<Survey | undefined> {
  const { facts, recognition } = old;
  const last = facts.recordCount - 1;
  if (!recognition || last < 1) return undefined;
  const start = { byte: facts.records.byteStart[last] ?? 0, line: facts.records.line[last] ?? 0 };
  const part = await options.ranges.run(
    'survey',
    {
      path: file.path,
      container: file.container,
      start: start.byte,
      end: file.size,
      schema: { recognition },
      rules: (options.settings ?? DEFAULT_SETTINGS).rules,
      maxRecordBytes: file.maxRecordBytes,
    },
    () => undefined,
    options.signal,
  );
  facts.truncate(last);
  return appendPart({ ...old, ...withoutFindings(old, (record) => record >= last) }, part, start);
}

async function surveyKnown(file: DataFile, cache: SurveyCache, options: SurveyOptions): Promise<FileSurvey> {
  const { mapping, card, held, rules } = options.settings ?? DEFAULT_SETTINGS;
  // The same bytes mean something else under another codec or mapping.
  const schema = sha256(
    JSON.stringify([
      file.codec.name,
      file.container,
      mapping ?? null,
      card ?? null,
      held?.mapping ?? null,
      rules,
      file.maxRecordBytes,
    ]),
  );
  const before = options.rebuild ? undefined : await cache.remembered(file.path, schema);
  if (before && sameStamp(before.stamp, file.stamp)) {
    const survey = await cache.load(before.digest, schema);
    if (survey)
      return {
        survey,
        source: 'cache',
        sidecar: cache.sidecarOf(before.digest, schema),
        digest: before.digest,
      };
  }
  // A document that grew is another document.
  const canGrow = file.codec.name === 'plain' && file.container.kind === 'lines';
  const grew = before && canGrow && before.stamp.size < file.size ? before : undefined;
  const { whole: digest, prefix } = await digestsOf(file, grew?.stamp.size, options.signal);
  const known: Remembered = { stamp: file.stamp, digest };
  const sidecar = cache.sidecarOf(digest, schema);
  const same = options.rebuild ? undefined : await cache.load(digest, schema);
  if (same) {
    await cache.save(file.path, schema, known, same);
    return { survey: same, source: 'cache', sidecar, digest };
  }
  const old = grew && prefix === grew.digest ? await cache.load(grew.digest, schema) : undefined;
  const tail = old && (await surveyTail(file, old, options));
  const read = tail ? { survey: tail } : await surveyWhole(file, options);
  await file.assertSame();
  const isKept = await cache.save(file.path, schema, known, read.survey);
  return { ...read, source: tail ? 'tail' : 'whole', ...(isKept && { sidecar }), digest };
}

export async function surveyFile(file: DataFile, given: SurveyOptions): Promise<FileSurvey> {
  const { cache, settings = DEFAULT_SETTINGS } = given;
  const held = settings.held ?? (await cache?.heldReading(file));
  const options = held ? { ...given, settings: { ...settings, held } } : given;
  const { obstacle } = await file.inspect();
  if (!obstacle) return surveyLines(file, options);
  // Records that share one line are surveyed, so that a repair can split them.
  if (!obstacle.isOneLine)
    return { survey: { ...new Surveyor().end(), obstacle }, source: 'whole', digest: '' };
  const read = await surveyLines(file, options);
  return { ...read, survey: { ...read.survey, obstacle } };
}

async function surveyLines(file: DataFile, options: SurveyOptions): Promise<FileSurvey> {
  const isQuick = isPlain(file) && !file.codec.isTable && file.size < (options.minCachedBytes ?? 0);
  if (options.cache && !isQuick) return surveyKnown(file, options.cache, options);
  const read = await surveyWhole(file, options);
  await file.assertSame();
  return { ...read, source: 'whole', digest: '' };
}
