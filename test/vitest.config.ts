import { defineConfig } from 'vitest/config';

// Workbench tests run by themselves (npm run test:workbench): they need the packed extension.
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
