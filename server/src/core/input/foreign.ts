// Formats other than JSON Lines and Parquet: how to recognise each by its first bytes, and what to do.

import { encodingOf, hasUtf16Mark } from './encoding.ts';

/** An unsupported format. */
export interface Foreign {
  readonly id: string;
  /** Completes "this is …". */
  readonly what: string;
  /** What to do. `{file}` is the path, `{stem}` the path without its extension. */
  readonly next: string;
}

interface Row extends Foreign {
  readonly isIt: (head: Head) => boolean;
}

/** Bytes to read from the start of a file. */
export const HEAD_BYTES = 4096;

interface Head {
  readonly bytes: Uint8Array;
  /** The bytes as Latin-1, to compare signatures as text. */
  readonly latin: string;
  /** The bytes as UTF-8, without byte order mark and leading white space. */
  readonly text: string;
}

const starts =
  (...marks: readonly string[]) =>
  ({ latin }: Head): boolean =>
    marks.some((mark) => latin.startsWith(mark));

const reads =
  (pattern: RegExp) =>
  ({ text }: Head): boolean =>
    pattern.test(text);

function isTar({ latin }: Head): boolean {
  return latin.startsWith('ustar', 257);
}

/** A JSON header with its length in the eight bytes before it. */
function isSafetensors({ bytes, latin }: Head): boolean {
  if (bytes.length < 16 || !/^\{\s*"/.test(latin.slice(8))) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(4, true) === 0 && view.getUint32(0, true) > 1;
}

/** A header line, and rows with the same number of cells. */
function isSeparated({ text }: Head): boolean {
  const [header = '', ...rows] = text.split(/\r?\n/);
  return [',', '\t', ';', '|'].some((separator) => {
    const names = header.split(separator).map((name) => name.trim());
    const isHeader =
      names.length > 1 && names.every((name) => /^"?[\p{L}_][\p{L}\p{N}_ .:/()-]{0,60}"?$/u.test(name));
    const [row = ''] = rows;
    return isHeader && row.split(separator).length >= names.length && !/^\s*[{[]/.test(row);
  });
}

/** UTF-16 and UTF-32 without a byte order mark, pictures, programs and the like. */
function isBinary({ bytes }: Head): boolean {
  const isControl = (byte: number): boolean =>
    byte < 0x20 && ![0x09, 0x0a, 0x0d, 0x0c, 0x1b, 0x1e].includes(byte);
  const count = bytes.filter(isControl).length;
  return bytes.length > 0 && count > Math.max(2, bytes.length / 50);
}

const PANDAS = (read: string): string =>
  `Convert it to JSON Lines in Python: pandas.${read}.to_json("{stem}.jsonl", orient="records", lines=True, force_ascii=False)`;

const UTF8_LINES = 'Convert it: preflens convert {file} --out {stem}.utf8.jsonl';

/** The first match decides. */
const ROWS: readonly Row[] = [
  {
    id: 'gzip',
    what: 'gzip data whose name does not end in .gz',
    next: 'Rename it: mv {file} {file}.gz',
    isIt: starts('\x1f\x8b'),
  },
  {
    id: 'zstd',
    what: 'zstd data whose name does not end in .zst',
    next: 'Rename it: mv {file} {file}.zst',
    isIt: ({ latin }) => latin.startsWith('\x28\xb5\x2f\xfd') || /^[\x50-\x5f]\x2a\x4d\x18/.test(latin),
  },
  {
    id: 'parquet',
    what: 'a Parquet file whose name does not end in .parquet',
    next: 'Rename it: mv {file} {stem}.parquet',
    isIt: starts('PAR1', 'PARE'),
  },
  {
    id: 'bzip2',
    what: 'bzip2 data',
    next: 'Decompress it: bunzip2 --keep {file}',
    isIt: ({ latin }) => /^BZh[1-9]1AY&SY/.test(latin),
  },
  { id: 'xz', what: 'xz data', next: 'Decompress it: unxz --keep {file}', isIt: starts('\xfd7zXZ\x00') },
  {
    id: 'lzma',
    what: 'LZMA data',
    next: 'Decompress it: unlzma --keep {file}',
    isIt: starts('\x5d\x00\x00'),
  },
  { id: 'lzip', what: 'lzip data', next: 'Decompress it: lzip -dk {file}', isIt: starts('LZIP\x01') },
  {
    id: 'compress',
    what: 'data of the compress program',
    next: 'Decompress it: gunzip --keep --suffix .Z {file}',
    isIt: starts('\x1f\x9d'),
  },
  { id: 'lz4', what: 'LZ4 data', next: 'Decompress it: unlz4 {file}', isIt: starts('\x04\x22\x4d\x18') },
  {
    id: 'snappy',
    what: 'snappy data',
    next: 'Decompress it first, for example with python-snappy',
    isIt: starts('\xff\x06\x00\x00sNaPpY'),
  },
  {
    id: 'excel',
    what: 'an Excel workbook',
    next: PANDAS('read_excel("{file}")'),
    isIt: ({ latin }) => latin.startsWith('PK\x03\x04') && /\[Content_Types\]\.xml|xl\//.test(latin),
  },
  {
    id: 'old-excel',
    what: 'an Excel workbook of the old kind, or another Microsoft Office document',
    next: PANDAS('read_excel("{file}")'),
    isIt: starts('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
  },
  {
    id: 'npz',
    what: 'an archive of NumPy arrays',
    next: 'Convert it to JSON Lines in Python, with numpy.load and one json.dumps per record',
    isIt: ({ latin }) => latin.startsWith('PK\x03\x04') && /^[^/]{1,100}\.npy/.test(latin.slice(30, 140)),
  },
  {
    id: 'torch',
    what: 'a PyTorch checkpoint (model weights), not a dataset',
    next: 'Open the dataset instead',
    isIt: ({ latin }) => latin.startsWith('PK\x03\x04') && /\/data\.pkl|\/version/.test(latin.slice(0, 200)),
  },
  {
    id: 'zip',
    what: 'a ZIP archive',
    next: 'Unpack it: unzip {file}',
    isIt: starts('PK\x03\x04', 'PK\x05\x06'),
  },
  { id: '7z', what: 'a 7-Zip archive', next: 'Unpack it: 7z x {file}', isIt: starts("7z\xbc\xaf'\x1c") },
  { id: 'rar', what: 'a RAR archive', next: 'Unpack it: unrar x {file}', isIt: starts('Rar!\x1a\x07') },
  { id: 'tar', what: 'a tar archive', next: 'Unpack it: tar -xf {file}', isIt: isTar },
  {
    id: 'feather',
    what: 'a Feather file of version 1',
    next: 'Convert it to Parquet in Python: pyarrow.parquet.write_table(pyarrow.feather.read_table("{file}"), "{stem}.parquet")',
    isIt: starts('FEA1'),
  },
  {
    id: 'arrow',
    what: 'an Arrow file whose name does not end in .arrow',
    next: 'Rename it: mv {file} {stem}.arrow',
    isIt: starts('ARROW1'),
  },
  {
    id: 'arrow',
    what: 'an Arrow stream, as in the cache of the datasets library, whose name does not end in .arrow',
    next: 'Rename it: mv {file} {stem}.arrow',
    isIt: ({ bytes, latin }) => latin.startsWith('\xff\xff\xff\xff') && bytes.length > 8 && bytes[7] === 0,
  },
  {
    id: 'avro',
    what: 'an Avro file',
    next: 'Convert it to JSON Lines: avro-tools tojson {file} > {stem}.jsonl',
    isIt: starts('Obj\x01'),
  },
  { id: 'orc', what: 'an ORC file', next: PANDAS('read_orc("{file}")'), isIt: starts('ORC') },
  {
    id: 'sqlite',
    what: 'an SQLite database',
    next: "Export a table to Parquet: duckdb -c \"COPY (FROM sqlite_scan('{file}', 'TABLE')) TO '{stem}.parquet'\"; sqlite3 {file} .tables lists the tables",
    isIt: starts('SQLite format 3\x00'),
  },
  {
    id: 'duckdb',
    what: 'a DuckDB database',
    next: 'Export a table to Parquet: duckdb {file} -c "COPY TABLE TO \'{stem}.parquet\'"',
    isIt: ({ latin }) => latin.startsWith('DUCK', 8),
  },
  {
    id: 'pickle',
    what: 'a Python pickle, which can run any code when opened',
    next: `Only if you trust its source: ${PANDAS('read_pickle("{file}")')}`,
    isIt: ({ latin }) => /^\x80[\x02-\x05](?:\x95|\}|\]|c|\(|q|X|\x8c|K|M)/.test(latin),
  },
  {
    id: 'safetensors',
    what: 'a safetensors file (model weights), not a dataset',
    next: 'Open the dataset instead',
    isIt: isSafetensors,
  },
  {
    id: 'gguf',
    what: 'a GGUF file (model weights), not a dataset',
    next: 'Open the dataset instead',
    isIt: starts('GGUF'),
  },
  {
    id: 'numpy',
    what: 'a NumPy array',
    next: 'Convert it to JSON Lines in Python, with one json.dumps per record',
    isIt: starts('\x93NUMPY'),
  },
  {
    id: 'r',
    what: 'data of R',
    next: 'Convert it to JSON Lines in R: jsonlite::stream_out(readRDS("{file}"), file("{stem}.jsonl"))',
    isIt: ({ latin }) => /^(?:RDX[23]\n|X\n\x00\x00\x00[\x02\x03])/.test(latin),
  },
  { id: 'hdf5', what: 'an HDF5 file', next: PANDAS('read_hdf("{file}")'), isIt: starts('\x89HDF\r\n\x1a\n') },
  { id: 'pdf', what: 'a PDF document', next: 'Open the dataset instead', isIt: starts('%PDF-') },
  {
    id: 'picture',
    what: 'a picture',
    next: 'Open the dataset instead',
    isIt: starts('\x89PNG\r\n', '\xff\xd8\xff', 'GIF8'),
  },
  {
    id: 'encrypted',
    what: 'encrypted',
    next: 'Decrypt it first',
    isIt: starts('Salted__', 'age-encryption.org', '-----BEGIN PGP'),
  },
  {
    id: 'utf-32',
    what: 'UTF-32 text; JSON Lines must be UTF-8',
    next: 'Convert it: iconv -f UTF-32 -t UTF-8 {file} > {stem}.utf8.jsonl',
    isIt: starts('\xff\xfe\x00\x00', '\x00\x00\xfe\xff'),
  },
  {
    id: 'utf-16',
    what: 'UTF-16 text (as Windows PowerShell writes it); JSON Lines must be UTF-8',
    next: UTF8_LINES,
    isIt: ({ bytes }) => hasUtf16Mark(bytes),
  },
  {
    id: 'utf-16le',
    what: 'UTF-16 text without a byte order mark; JSON Lines must be UTF-8',
    next: UTF8_LINES,
    isIt: ({ bytes }) => encodingOf(bytes) === 'utf-16le',
  },
  {
    id: 'utf-16be',
    what: 'UTF-16 text without a byte order mark; JSON Lines must be UTF-8',
    next: UTF8_LINES,
    isIt: ({ bytes }) => encodingOf(bytes) === 'utf-16be',
  },
  {
    id: 'zeros',
    what: 'a file that begins with zero bytes: an incomplete download or copy',
    next: 'Download or copy it again',
    isIt: ({ bytes }) => bytes.length > 0 && bytes.subarray(0, 64).every((byte) => byte === 0),
  },
  {
    id: 'git-lfs',
    what: 'a Git LFS pointer; the data itself was not downloaded',
    next: 'Download it: git lfs pull --include "{file}"',
    isIt: reads(/^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\//),
  },
  {
    id: 'git-annex',
    what: 'a git-annex pointer; the data itself was not downloaded',
    next: 'Download it: git annex get {file}',
    isIt: reads(/^(?:\.\.\/)*(?:\.git)?\/annex\/objects\//),
  },
  {
    id: 'xet',
    what: 'a Xet pointer; the data itself was not downloaded',
    next: 'Download it: hf download, or git xet pull',
    isIt: reads(/^# xet version /),
  },
  {
    id: 'dvc',
    what: 'a DVC pointer; the data itself was not downloaded',
    next: 'Download it: dvc pull {file}',
    isIt: reads(/^outs:\s*\n\s*- (?:md5|hash):/),
  },
  {
    id: 'html',
    what: 'a web page, such as an error or login page that a server sent instead of the file',
    next: 'Download the file again. On Hugging Face and GitHub, use the address with /resolve/ or /raw/ instead of /blob/',
    isIt: reads(/^(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i),
  },
  {
    id: 'xml',
    what: 'XML, probably an error message of a storage service',
    next: 'Read the message in it, then download the file again',
    isIt: reads(/^<(?:\?xml|Error>)/),
  },
  {
    id: 'error-text',
    what: 'an error message that a server sent instead of the file',
    next: 'Download the file again with an account that has access',
    isIt: reads(
      /^(?:\d{3}:? )?(?:Not Found|Entry not found|Repository not found|Invalid username or password|Access (?:denied|to \S+ is restricted)|Unauthorized|Forbidden|Too Many Requests|Bad Gateway)\b[^\n]*\s*$/i,
    ),
  },
  {
    id: 'javascript',
    what: 'JavaScript, not JSON',
    next: 'Convert it to JSON Lines, with console.log(JSON.stringify(record)) for each record',
    isIt: reads(/^(?:module\.exports|export\s+(?:default|const)|(?:const|let|var)\s+[\w$]+)\s*=?\s*[[{=]/),
  },
  {
    id: 'yaml',
    what: 'YAML',
    next: 'Convert it to JSON Lines: yq -o=json -I=0 ".[]" {file} > {stem}.jsonl',
    isIt: reads(/^(?:---\s*\n|- [\w"']+: |%YAML)/),
  },
  {
    id: 'tsv',
    what: 'a tab-separated table',
    next: 'Rename it, and it is read: mv {file} {stem}.tsv',
    isIt: (head) => isSeparated(head) && (head.text.split('\n', 1)[0] ?? '').includes('\t'),
  },
  {
    id: 'csv',
    what: 'a CSV table',
    next: 'Rename it, and it is read: mv {file} {stem}.csv',
    isIt: isSeparated,
  },
  {
    id: 'binary',
    what: 'binary data of an unknown kind',
    next: 'Open a JSON Lines or Parquet file',
    isIt: isBinary,
  },
];

/**
 * The unsupported format of a file, judged by its first bytes.
 * @param readAs the format that we read the file as; it is not reported
 */
export function foreignOf(bytes: Uint8Array, readAs = 'plain'): Foreign | undefined {
  const head = bytes.subarray(0, HEAD_BYTES);
  // Shortcut: most files begin with the bracket of a record.
  if (readAs === 'plain' && (head[0] === 0x7b || head[0] === 0x5b) && head[1] !== 0) return undefined;
  const latin = Array.from(head, (byte) => String.fromCharCode(byte)).join('');
  const text = new TextDecoder().decode(head).trimStart();
  const found = ROWS.find((row) => row.isIt({ bytes: head, latin, text }));
  if (!found || found.id === readAs) return undefined;
  return { id: found.id, what: found.what, next: found.next };
}
