import { defineConfig } from 'vitest/config';

// Workbench tests run separately (npm run test:workbench): they need the packaged extension.
export default defineConfig({
  test: {
    include: ['test/{unit,wire,process,layers,attacks}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default'],
    pool: 'forks',
    maxWorkers: 2,
  },
});
