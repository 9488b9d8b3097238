// Writes token strings. The process that starts this one ends it if a template takes too long or too much memory.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { TokenPlace } from '#core/reward/chatForm.ts';
import {
  addedByConfig,
  addedByTokenizer,
  chatFormOf,
  TEMPLATE_FILE,
  tokenFinder,
  TOKENIZER_CONFIG,
} from '#core/reward/chatForm.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import type { Handlers } from '#node/rpc.ts';
import type { Conversation, TemplateFault, TemplateFaultKind, Written } from '#protocol/editor/templates.ts';
import type { ScorerRequests } from '#protocol/scorer.ts';

import type { WriteChat } from './chat.ts';
import { chatWriter } from './chat.ts';

const TOKENIZER = 'tokenizer.json';

/** UTF-16 units of a string: more than any record holds that can be read on a page. */
const MAX_TOKEN_STRING = 4_000_000;

/** Tokens of a string that are marked. */
const MAX_PLACES = 20_000;

/** UTF-16 units of a template's own message. */
const MAX_DETAIL = 500;

/** An open folder. */
interface Opened {
  readonly folder: string;
  /** Of its files. */
  readonly stamp: string;
  /** The file that holds the template. */
  readonly at: string;
  readonly write: WriteChat;
  readonly places: (text: string, max: number) => readonly TokenPlace[];
}

/** Nothing can be written with the folder. */
class FolderFailure extends Error {
  readonly fault: TemplateFault;

  constructor(kind: TemplateFaultKind, at: string, detail = '') {
    super(detail);
    this.fault = { kind, at, detail: detail.slice(0, MAX_DETAIL) };
  }
}

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT';

/** Undefined if there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    // To read a pipe would wait for its writer.
    if (!(await stat(path)).isFile()) throw new Error('It is no regular file.');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new FolderFailure('unreadable', path, errorMessage(error));
  }
}

async function jsonOf(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new FolderFailure('unreadable', path, errorMessage(error));
  }
}

async function stampOf(folder: string): Promise<string> {
  const stamps = [TEMPLATE_FILE, TOKENIZER_CONFIG, TOKENIZER].map(async (name) => {
    const found = await stat(join(folder, name)).catch(() => undefined);
    return found ? `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}` : '';
  });
  return (await Promise.all(stamps)).join('/');
}

async function open(folder: string, stamp: string): Promise<Opened> {
  const chatTemplate = await textOf(join(folder, TEMPLATE_FILE));
  const tokenizerConfig = await jsonOf(join(folder, TOKENIZER_CONFIG));
  const form = chatFormOf({
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(tokenizerConfig && { tokenizerConfig }),
  });
  if (!form) throw new FolderFailure('missing', folder);
  const at = join(folder, chatTemplate === undefined ? TOKENIZER_CONFIG : TEMPLATE_FILE);
  const added = addedByConfig(tokenizerConfig) ?? addedByTokenizer(await jsonOf(join(folder, TOKENIZER)));
  const places = tokenFinder([...added, ...Object.values(form.tokens)]);
  try {
    return { folder, stamp, at, write: chatWriter(form), places };
  } catch (error) {
    throw new FolderFailure('faulty', at, errorMessage(error));
  }
}

function written({ at, write, places }: Opened, conversation: Conversation): Written {
  const failed = (kind: TemplateFaultKind, detail: string): Written => ({
    ok: false,
    fault: { kind, at, detail: detail.slice(0, MAX_DETAIL) },
  });
  try {
    const text = write(conversation);
    return text.length > MAX_TOKEN_STRING
      ? failed('long', String(MAX_TOKEN_STRING))
      : { ok: true, value: { text, tokens: places(text, MAX_PLACES) } };
  } catch (error) {
    return failed('refused', errorMessage(error));
  }
}

export function templateHandlers(): Pick<Handlers<ScorerRequests>, 'tokenStrings'> {
  /** The folder of the last request: people look at one pair after the other. */
  let opened: Opened | undefined;
  return {
    tokenStrings: async ({ folder, conversations }) => {
      try {
        const stamp = await stampOf(folder);
        if (opened?.folder !== folder || opened.stamp !== stamp) opened = await open(folder, stamp);
        const current = opened;
        return conversations.map((conversation) => written(current, conversation));
      } catch (error) {
        if (!(error instanceof FolderFailure)) throw error;
        const { fault } = error;
        return conversations.map(() => ({ ok: false, fault }));
      }
    },
  };
}
