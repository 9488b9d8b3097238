import { defineConfig } from 'vitest/config';

// The packaged extension in the real VS Code. One window at a time, in the order written.
export default defineConfig({
  test: {
    include: ['test/workbench/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
