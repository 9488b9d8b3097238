// Files with more than 400 lines, each with the reason to keep it whole. No file may exceed 700.
export const LONG_FILES = {
  'server/src/cli/program.ts': 'one table: the commands and their options',
  'server/src/core/convert/targets.ts': 'one table: the formats to convert to',
  'server/src/core/edits/pending.ts': 'all pending edits of one file, which one class owns',
  'server/src/core/mapping/forms/candidates.ts':
    'one kind of answers, in each place where a record may hold them',
  'server/src/formats/arrow/columns.ts': 'one reader for each type of column',
  'server/src/formats/arrow/file.ts':
    'one format: the messages, dictionaries and batches of a file or stream',
  'server/src/formats/documents.ts': 'one state machine: what a byte means depends on all of its state',
  'server/src/node/models/host.ts': 'the life of one process, which one class owns',
  'server/src/session/dataset.ts': 'all state of one open file, which one class owns',
  'server/src/session/sources/disk.ts': 'all state of a file on disk, which one class owns',
  'test/unit/pending.test.ts': 'one subject: every history of pending edits',
};
