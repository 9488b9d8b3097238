// Formats other than JSON Lines and Parquet: recognised by their first bytes, with what to do.

/** A format that is not read. */
export interface Foreign {
  readonly id: string;
  /** What the file is, after "this is". */
  readonly what: string;
  /** What to do. `{file}` stands for its path, `{stem}` for the path without its extension. */
  readonly next: string;
}

interface Row extends Foreign {
  readonly isIt: (head: Head) => boolean;
}

/** How much of a file is looked at. */
export const HEAD_BYTES = 4096;

interface Head {
  readonly bytes: Uint8Array;
  /** The bytes as Latin-1 letters: marks are compared as text. */
  readonly latin: string;
  /** As UTF-8, without a byte order mark and white space before it. */
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

/** Share of zero bytes at even and at odd places: half of the bytes of Latin letters in UTF-16. */
function zeros({ bytes }: Head, odd: number): number {
  let count = 0;
  const length = Math.min(bytes.length, 512);
  for (let i = odd; i < length; i += 2) if (bytes[i] === 0) count++;
  return length < 8 ? 0 : count / Math.floor(length / 2);
}

const MOSTLY = 0.4;
const RARELY = 0.05;

function isTar({ latin }: Head): boolean {
  return latin.startsWith('ustar', 257);
}

/** A header of JSON whose length stands before it in eight bytes. */
function isSafetensors({ bytes, latin }: Head): boolean {
  if (bytes.length < 16 || !/^\{\s*"/.test(latin.slice(8))) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(4, true) === 0 && view.getUint32(0, true) > 1;
}

/** A header of names, and rows with as many cells. */
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

/** The first bytes of UTF-16 and UTF-32 without their mark, of pictures, programs and the like. */
function isBinary({ bytes }: Head): boolean {
  const isControl = (byte: number): boolean =>
    byte < 0x20 && ![0x09, 0x0a, 0x0d, 0x0c, 0x1b, 0x1e].includes(byte);
  const count = bytes.filter(isControl).length;
  return bytes.length > 0 && count > Math.max(2, bytes.length / 50);
}

const PANDAS = (read: string): string =>
  `Write JSON Lines of it in Python: pandas.${read}.to_json("{stem}.jsonl", orient="records", lines=True, force_ascii=False)`;

/** The first row that fits counts. */
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
    next: 'Unpack it: bunzip2 --keep {file}',
    isIt: ({ latin }) => /^BZh[1-9]1AY&SY/.test(latin),
  },
  { id: 'xz', what: 'xz data', next: 'Unpack it: unxz --keep {file}', isIt: starts('\xfd7zXZ\x00') },
  { id: 'lz4', what: 'LZ4 data', next: 'Unpack it: unlz4 {file}', isIt: starts('\x04\x22\x4d\x18') },
  {
    id: 'snappy',
    what: 'snappy data',
    next: 'Unpack it first, for example with python-snappy',
    isIt: starts('\xff\x06\x00\x00sNaPpY'),
  },
  {
    id: 'excel',
    what: 'an Excel workbook',
    next: PANDAS('read_excel("{file}")'),
    isIt: ({ latin }) => latin.startsWith('PK\x03\x04') && /\[Content_Types\]\.xml|xl\//.test(latin),
  },
  {
    id: 'torch',
    what: 'a PyTorch checkpoint: weights of a model, and no dataset',
    next: 'Name the dataset instead',
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
    id: 'arrow',
    what: 'an Arrow IPC or Feather file',
    next: 'Write Parquet of it in Python: pyarrow.parquet.write_table(pyarrow.feather.read_table("{file}"), "{stem}.parquet")',
    isIt: starts('ARROW1', 'FEA1'),
  },
  {
    id: 'arrow-stream',
    what: 'an Arrow stream, as the datasets library keeps in its cache',
    next: 'Write Parquet of it in Python: datasets.Dataset.from_file("{file}").to_parquet("{stem}.parquet")',
    isIt: ({ bytes, latin }) => latin.startsWith('\xff\xff\xff\xff') && bytes.length > 8 && bytes[7] === 0,
  },
  {
    id: 'avro',
    what: 'an Avro file',
    next: 'Write JSON Lines of it: avro-tools tojson {file} > {stem}.jsonl',
    isIt: starts('Obj\x01'),
  },
  { id: 'orc', what: 'an ORC file', next: PANDAS('read_orc("{file}")'), isIt: starts('ORC') },
  {
    id: 'sqlite',
    what: 'an SQLite database',
    next: "Write Parquet of a table: duckdb -c \"COPY (FROM sqlite_scan('{file}', 'TABLE')) TO '{stem}.parquet'\"; sqlite3 {file} .tables names the tables",
    isIt: starts('SQLite format 3\x00'),
  },
  {
    id: 'duckdb',
    what: 'a DuckDB database',
    next: 'Write Parquet of a table: duckdb {file} -c "COPY TABLE TO \'{stem}.parquet\'"',
    isIt: ({ latin }) => latin.startsWith('DUCK', 8),
  },
  {
    id: 'pickle',
    what: 'a Python pickle, and opening one can run any code',
    next: `Only if you trust where it comes from: ${PANDAS('read_pickle("{file}")')}`,
    isIt: ({ latin }) => /^\x80[\x02-\x05](?:\x95|\}|\]|c|\(|q|X|\x8c|K|M)/.test(latin),
  },
  {
    id: 'safetensors',
    what: 'a safetensors file: weights of a model, and no dataset',
    next: 'Name the dataset instead',
    isIt: isSafetensors,
  },
  {
    id: 'gguf',
    what: 'a GGUF file: weights of a model, and no dataset',
    next: 'Name the dataset instead',
    isIt: starts('GGUF'),
  },
  {
    id: 'numpy',
    what: 'a NumPy array',
    next: 'Write JSON Lines of it in Python, one json.dumps a record',
    isIt: starts('\x93NUMPY'),
  },
  { id: 'hdf5', what: 'an HDF5 file', next: PANDAS('read_hdf("{file}")'), isIt: starts('\x89HDF\r\n\x1a\n') },
  { id: 'pdf', what: 'a PDF document', next: 'Name the dataset instead', isIt: starts('%PDF-') },
  {
    id: 'picture',
    what: 'a picture',
    next: 'Name the dataset instead',
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
    what: 'text in UTF-32, and JSON Lines is UTF-8',
    next: 'Convert it: iconv -f UTF-32 -t UTF-8 {file} > {stem}.utf8.jsonl',
    isIt: starts('\xff\xfe\x00\x00', '\x00\x00\xfe\xff'),
  },
  {
    id: 'utf-16',
    what: 'text in UTF-16 (as Windows PowerShell writes it), and JSON Lines is UTF-8',
    next: 'Convert it: iconv -f UTF-16 -t UTF-8 {file} > {stem}.utf8.jsonl',
    isIt: starts('\xff\xfe', '\xfe\xff'),
  },
  {
    id: 'utf-16le',
    what: 'text in UTF-16 without a byte order mark, and JSON Lines is UTF-8',
    next: 'Convert it: iconv -f UTF-16LE -t UTF-8 {file} > {stem}.utf8.jsonl',
    isIt: (head) => zeros(head, 1) > MOSTLY && zeros(head, 0) < RARELY,
  },
  {
    id: 'utf-16be',
    what: 'text in UTF-16 without a byte order mark, and JSON Lines is UTF-8',
    next: 'Convert it: iconv -f UTF-16BE -t UTF-8 {file} > {stem}.utf8.jsonl',
    isIt: (head) => zeros(head, 0) > MOSTLY && zeros(head, 1) < RARELY,
  },
  {
    id: 'zeros',
    what: 'a file that begins with zero bytes: a download or a copy that did not end',
    next: 'Download or copy it again',
    isIt: ({ bytes }) => bytes.length > 0 && bytes.subarray(0, 64).every((byte) => byte === 0),
  },
  {
    id: 'git-lfs',
    what: 'a pointer of Git LFS: the data itself was not downloaded',
    next: 'Download it: git lfs pull --include "{file}"',
    isIt: reads(/^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\//),
  },
  {
    id: 'git-annex',
    what: 'a pointer of git-annex: the data itself was not downloaded',
    next: 'Download it: git annex get {file}',
    isIt: reads(/^(?:\.\.\/)*(?:\.git)?\/annex\/objects\//),
  },
  {
    id: 'xet',
    what: 'a pointer of Xet: the data itself was not downloaded',
    next: 'Download it: hf download, or git xet pull',
    isIt: reads(/^# xet version /),
  },
  {
    id: 'dvc',
    what: 'a pointer of DVC: the data itself was not downloaded',
    next: 'Download it: dvc pull {file}',
    isIt: reads(/^outs:\s*\n\s*- (?:md5|hash):/),
  },
  {
    id: 'html',
    what: 'a web page: what a server answers in the place of a file, as an error or a login',
    next: 'Download the file again. On Hugging Face and GitHub, take the address with /resolve/ or /raw/ in the place of /blob/',
    isIt: reads(/^(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i),
  },
  {
    id: 'xml',
    what: 'XML, as storage services answer with an error',
    next: 'Read the message in it, and download the file again',
    isIt: reads(/^<(?:\?xml|Error>)/),
  },
  {
    id: 'error-text',
    what: 'the error message of a server in the place of a file',
    next: 'Download the file again, with access to it',
    isIt: reads(
      /^(?:\d{3}:? )?(?:Not Found|Entry not found|Repository not found|Invalid username or password|Access (?:denied|to \S+ is restricted)|Unauthorized|Forbidden|Too Many Requests|Bad Gateway)\b[^\n]*\s*$/i,
    ),
  },
  {
    id: 'javascript',
    what: 'JavaScript, and no JSON',
    next: 'Write JSON Lines of it with a line for each record: console.log(JSON.stringify(record))',
    isIt: reads(/^(?:module\.exports|export\s+(?:default|const)|(?:const|let|var)\s+[\w$]+)\s*=?\s*[[{=]/),
  },
  {
    id: 'yaml',
    what: 'YAML',
    next: 'Write JSON Lines of it: yq -o=json -I=0 ".[]" {file} > {stem}.jsonl',
    isIt: reads(/^(?:---\s*\n|- [\w"']+: |%YAML)/),
  },
  {
    id: 'tsv',
    what: 'a table of values separated by tabs',
    next: PANDAS('read_csv("{file}", sep="\\t")'),
    isIt: (head) => isSeparated(head) && (head.text.split('\n', 1)[0] ?? '').includes('\t'),
  },
  { id: 'csv', what: 'a CSV table', next: PANDAS('read_csv("{file}")'), isIt: isSeparated },
  {
    id: 'binary',
    what: 'binary data of a kind that is not known here',
    next: 'Name a JSON Lines or Parquet file',
    isIt: isBinary,
  },
];

/**
 * The format of a file by its head, where it is one of those that are not read.
 * @param readAs the format as which the file is read: that one is no obstacle
 */
export function foreignOf(bytes: Uint8Array, readAs = 'plain'): Foreign | undefined {
  const head = bytes.subarray(0, HEAD_BYTES);
  // Most files begin with the bracket of a record.
  if (readAs === 'plain' && (head[0] === 0x7b || head[0] === 0x5b) && head[1] !== 0) return undefined;
  const latin = Array.from(head, (byte) => String.fromCharCode(byte)).join('');
  const text = new TextDecoder().decode(head).trimStart();
  const found = ROWS.find((row) => row.isIt({ bytes: head, latin, text }));
  if (!found || found.id === readAs) return undefined;
  return { id: found.id, what: found.what, next: found.next };
}
