// Unsupported formats, recognised by their bytes.
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { foreignOf } from '#core/input/foreign.ts';
import { causeOf } from '#core/json/cause.ts';
import { findJsonFault } from '#core/json/scan.ts';

import { encode } from '../fakes/records.ts';

const LINE = '{"prompt":"q","chosen":"a","rejected":"b"}\n';
const latin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const utf16 = (text: string, isBig: boolean): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return new Uint8Array(isBig ? bytes.swap16() : bytes);
};

describe('a format by its bytes', () => {
  it.each([
    ['gzip', new Uint8Array(gzipSync(LINE))],
    ['zstd', latin('\x28\xb5\x2f\xfd\x00')],
    ['parquet', latin('PAR1\x15\x04')],
    ['bzip2', latin('BZh91AY&SY\x00')],
    ['lzma', latin('\x5d\x00\x00\x80\x00')],
    ['lzip', latin('LZIP\x01')],
    ['compress', latin('\x1f\x9d\x90')],
    ['7z', latin("7z\xbc\xaf'\x1c")],
    ['old-excel', latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')],
    ['npz', latin(`PK\x03\x04${'\x14\x00'.repeat(13)}arr_0.npy\x93NUMPY`)],
    ['r', latin('RDX3\nX\n')],
    ['xz', latin('\xfd7zXZ\x00\x00')],
    ['zip', latin('PK\x03\x04\x14\x00a.jsonl')],
    ['excel', latin('PK\x03\x04\x14\x00\x06\x00[Content_Types].xml')],
    ['tar', latin(`${'a.jsonl'.padEnd(257, '\0')}ustar\x0000`)],
    ['arrow', latin('ARROW1\x00\x00')],
    ['feather', latin('FEA1\x00')],
    ['arrow', latin('\xff\xff\xff\xff\x70\x01\x00\x00\x10\x00')],
    ['sqlite', latin('SQLite format 3\x00')],
    ['pickle', latin('\x80\x04\x95\x00')],
    ['safetensors', latin('\x40\x00\x00\x00\x00\x00\x00\x00{"a":{"dtype":"F32"}}')],
    ['utf-16', utf16(`\ufeff${LINE}`, false)],
    ['utf-16', utf16(`\ufeff${LINE}`, true)],
    ['utf-16le', utf16(LINE, false)],
    ['utf-16be', utf16(LINE, true)],
    ['utf-32', latin('\xff\xfe\x00\x00{\x00\x00\x00')],
    ['zeros', new Uint8Array(4096)],
    ['git-lfs', encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n')],
    ['html', encode('\n<!DOCTYPE html>\n<html lang="en">')],
    ['xml', encode('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
    ['error-text', encode('Entry not found')],
    ['javascript', encode('export default [\n  {prompt: "q"}\n]')],
    ['yaml', encode('- prompt: q\n  chosen: a\n')],
    ['csv', encode('prompt,chosen,rejected\n"q, x",a,b\n')],
    ['csv', encode('\ufeffprompt;chosen;rejected\r\nq;a;b\r\n')],
    ['tsv', encode('prompt\tchosen\trejected\nq\ta\tb\n')],
    ['binary', latin('\x01\x02\x03\x04\x05\x00\x07\x08')],
  ])('%s', (id, bytes) => {
    expect(foreignOf(bytes)?.id).toBe(id);
    expect(foreignOf(bytes)?.next).toMatch(/\w/);
  });

  it.each([
    ['JSON Lines', encode(LINE)],
    ['Japanese JSON Lines', encode('{"prompt":"日本語","chosen":"あ","rejected":"い"}\n')],
    ['words', encode('just text\n')],
    ['Python', encode("('a', 'b')\n")],
    ['a number', encode('5\n')],
    ['nothing', encode('')],
  ])('is none: %s', (_, bytes) => {
    expect(foreignOf(bytes)).toBeUndefined();
  });

  it('is no obstacle if its format is supported', () => {
    expect(foreignOf(latin('PAR1\x15\x04'), 'parquet')).toBeUndefined();
    expect(foreignOf(new Uint8Array(gzipSync(LINE)), 'gzip')).toBeUndefined();
    expect(foreignOf(encode('version https://git-lfs.github.com/spec/v1\n'), 'parquet')?.id).toBe('git-lfs');
  });
});

it.each([
  ['{"a": NaN}', 'Write null'],
  ['{"a": -Infinity}', 'Infinity is not JSON'],
  ["{'a': 1}", 'Python dict'],
  ['{"a": None}', 'Python dict'],
  ['{"a": True}', 'Python dict'],
  ['{"a": undefined}', 'JavaScript'],
  ['{"a": 1,}', 'no comma before a closing bracket'],
  ['{"a": [1,]}', 'no comma before a closing bracket'],
  ['{"a": "x\ty"}', 'Write \\t'],
  ['{"a": "x\u0001y"}', '\\u00XX'],
  ['{"a": 1 // one\n}', 'no comments'],
  ['# one', 'no comments'],
  ['{a: 1}', 'double quotes'],
  ['{“a”: 1}', 'typographic quotes'],
  ['{"a": "\\alpha"}', 'Write a backslash'],
  ['{"a": "it\\\'s"}', 'needs no backslash'],
  ['{"a": "x', 'breaks off'],
  ['{"a": 1', 'breaks off'],
  ['[', 'JSON list'],
  ['{"a": 007}', 'don’t begin with 0'],
  ['{"a": "say "hi" to"}', 'Write quotes inside a string'],
  ['data: {"a": 1}', 'server-sent events'],
])('%s: the message names typical writers', (line, words) => {
  const fault = findJsonFault(encode(line))!;
  expect(causeOf(encode(line), fault.offset, fault.message)).toContain(words);
});
