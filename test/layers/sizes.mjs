// Files with more than 400 lines, each with the reason to keep it whole. No file may exceed 700.
export const LONG_FILES = {
  'server/src/session/dataset.ts': 'all state of one open file, which one class owns',
  'server/src/session/sources/disk.ts': 'all state of a file on disk, which one class owns',
  'test/unit/pending.test.ts': 'one subject: every history of pending edits',
};
