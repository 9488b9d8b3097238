import { defineConfig } from 'vitest/config';

// Workbench tests run separately (npm run test:workbench): they need the packaged extension.
export default defineConfig({
  test: {
    include: ['test/{unit,wire,process,layers,attacks}/**/*.test.ts'],
    // Only for a test that hangs: a busy machine may take minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default'],
    pool: 'forks',
    maxWorkers: 2,
  },
});
