import { defineConfig } from 'vitest/config';

// Workbench tests run separately (npm run test:workbench): they need the packaged extension.
export default defineConfig({
  test: {
    // Only for a test that hangs: a busy machine may take minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default'],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        // Node reads these files itself, which halves what the start of a file costs. Pages need JSX, which it can't read.
        test: {
          name: 'programs',
          include: ['test/{wire,process,attacks}/**/*.test.ts'],
          experimental: { viteModuleRunner: false },
        },
      },
      {
        extends: true,
        // These files share no state, in any order: a worker imports each module once.
        test: { name: 'sources', include: ['test/{unit,layers}/**/*.test.ts'], isolate: false },
      },
    ],
  },
});
