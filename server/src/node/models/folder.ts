// Reads a model folder: its small files, and the digest of everything that scores depend on.
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { messages } from '#core/messages.ts';
import { chatFormOf, TEMPLATE_FILE, TOKENIZER_CONFIG } from '#core/reward/chatForm.ts';
import { readEncoder } from '#core/reward/encoder.ts';
import type { FolderFiles, FolderReading, ModelReading } from '#core/reward/folder.ts';
import { FolderFault, readFolder } from '#core/reward/folder.ts';
import type { OnnxRule, ProbeRule } from '#core/reward/scorerRule.ts';
import { errorMessage } from '#core/words/errorMessage.ts';

import { sha256 } from '../cache.ts';
import { readJsonEntry, writeEntry } from '../cacheEntry.ts';
import type { Tell } from '../cacheFolder.ts';
import { doWithout } from '../cacheFolder.ts';
import { readRegularText } from '../regularFile.ts';
import { codeOf, readBlocks } from '../stored.ts';

/** Weights beside an .onnx file, however the exporter called them. */
const DATA_FILE = /(?:_data(?:_\d+)?|\.data|\.bin|\.weights)$/;

/** The largest text of a model folder: tokenizers have some 10 MB. */
const MAX_TEXT = 256 * 2 ** 20;

export interface OpenedFolder {
  readonly folder: string;
  readonly files: FolderFiles;
  /** Of model, weights, tokenizer, template, truncation: scores of one fingerprint can stand side by side. */
  readonly fingerprint: string;
  /** Bytes of model and weights. */
  readonly bytes: number;
}

export type ModelFolder<Reading extends ModelReading = ModelReading> = Reading & OpenedFolder;

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readRegularText(path, MAX_TEXT);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function jsonOf<T>(path: string): Promise<T | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new FolderFault(`${basename(path)} cannot be read: ${errorMessage(error)}`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function onnxFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const sub of ['', 'onnx']) {
    const names = await readdir(join(folder, sub)).catch((error: unknown) => {
      if (sub !== '' && (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR')) return [];
      throw error;
    });
    for (const name of names) if (name.endsWith('.onnx')) found.push(sub === '' ? name : `${sub}/${name}`);
  }
  return found.sort();
}

/** SHA-256 of a file's bytes. What was found is remembered in `known` under path, size and time. */
async function digestOf(path: string, known: string | undefined, tell: Tell): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = await stat(path);
  const stamp = `${resolve(path)} ${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  const memo = known === undefined ? undefined : join(known, sha256(stamp).slice(0, 32));
  const remembered = memo === undefined ? undefined : await readJsonEntry<string>(memo, stamp);
  if (remembered !== undefined) return remembered;
  const hash = createHash('sha256');
  for await (const chunk of readBlocks(path)) hash.update(chunk);
  const digest = hash.digest('hex');
  try {
    if (memo !== undefined) await writeEntry(memo, stamp, JSON.stringify(digest));
  } catch (error) {
    doWithout(dirname(memo ?? ''), error, tell);
  }
  return digest;
}

async function weightsOf(folder: string, file: string): Promise<string[]> {
  const where = dirname(join(folder, file));
  const names = (await readdir(where)).filter((name) => DATA_FILE.test(name)).sort();
  return [join(folder, file), ...names.map((name) => join(where, name))];
}

/** The text files of a folder that say how its model is used. */
async function filesOf(folder: string): Promise<FolderFiles> {
  const json = async <T>(name: string): Promise<T | undefined> => jsonOf<T>(join(folder, name));
  const [config, tokenizer, tokenizerConfig, chatTemplate, referenceIds, modules, pooling, sentence] =
    await Promise.all([
      json<Record<string, unknown>>('config.json'),
      json<Record<string, unknown>>('tokenizer.json'),
      json<Record<string, unknown>>(TOKENIZER_CONFIG),
      textOf(join(folder, TEMPLATE_FILE)),
      json<{ text: string; ids: number[] }[]>('preflens.ids.json'),
      json<{ type?: unknown }[]>('modules.json'),
      json<Record<string, unknown>>('1_Pooling/config.json'),
      json<Record<string, unknown>>('sentence_bert_config.json'),
    ]);
  return {
    onnx: await onnxFiles(folder),
    ...(config && { config }),
    ...(tokenizer && { tokenizer }),
    ...(tokenizerConfig && { tokenizerConfig }),
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(referenceIds && { referenceIds }),
    ...(Array.isArray(modules) && { modules }),
    ...(pooling && { pooling }),
    ...(sentence && { sentence }),
  };
}

/** False if a folder has no chat template. Whatever is wrong with it is reported where its template is wanted. */
export async function mayHaveTemplate(folder: string): Promise<boolean> {
  try {
    if ((await textOf(join(folder, TEMPLATE_FILE))) !== undefined) return true;
    const tokenizerConfig = await jsonOf<Record<string, unknown>>(join(folder, TOKENIZER_CONFIG));
    return tokenizerConfig ? chatFormOf({ tokenizerConfig }) !== undefined : !(await isFolder(folder));
  } catch {
    return true;
  }
}

/** @param read decides how the model is used; throws a FolderFault */
async function openAs<Reading extends ModelReading>(
  path: string,
  read: (files: FolderFiles) => Reading,
  cacheFolder: string | undefined,
  tell: Tell,
): Promise<ModelFolder<Reading>> {
  const folder = resolve(path);
  try {
    const files = await filesOf(folder);
    const reading = read(files);
    const weights = await weightsOf(folder, reading.spec.file);
    const hash = createHash('sha256').update(
      JSON.stringify([reading.spec, files.tokenizer, files.tokenizerConfig]),
    );
    let bytes = 0;
    for (const weight of weights) {
      hash.update(
        await digestOf(weight, cacheFolder === undefined ? undefined : join(cacheFolder, 'digests'), tell),
      );
      bytes += (await stat(weight)).size;
    }
    return { ...reading, folder, files, fingerprint: hash.digest('hex').slice(0, 32), bytes };
  } catch (error) {
    if (error instanceof FolderFault) throw messages.badModel(folder, error.message);
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR')
      throw messages.badModel(folder, 'there is no such folder');
    throw error;
  }
}

/** Opens the folder of a reward model. Rejects with a UserError that says what is wrong with it. */
export async function openFolder(
  path: string,
  rule: OnnxRule,
  cacheFolder: string | undefined,
  tell: Tell = () => undefined,
): Promise<ModelFolder<FolderReading>> {
  return openAs(path, (files) => readFolder(files, rule), cacheFolder, tell);
}

/** Opens the folder of an encoder. Rejects with a UserError that says what is wrong with it. */
export async function openEncoder(
  path: string,
  rule: ProbeRule,
  cacheFolder: string | undefined,
  tell: Tell = () => undefined,
): Promise<ModelFolder> {
  return openAs(path, (files) => readEncoder(files, rule), cacheFolder, tell);
}
