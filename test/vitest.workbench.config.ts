import { defineConfig } from 'vitest/config';

// The packaged extension in the real VS Code. Two windows at a time: a window mostly waits.
export default defineConfig({
  test: {
    include: ['test/workbench/**/*.test.ts'],
    setupFiles: 'test/workbench/setup.ts',
    globalSetup: 'test/workbench/install.ts',
    testTimeout: 240_000,
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 2,
    // The files of a worker share a server and a browser: see window.ts.
    isolate: false,
    experimental: { viteModuleRunner: false },
  },
});
