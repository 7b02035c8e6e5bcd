import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The browser suites need the built web map and chromium: tests/run.ts asks for them, or name their folder. */
const browserAsked = process.env['ZHANBU_BROWSER'] === '1' || process.argv.some((arg) => arg.includes('tests/browser'));

/**
 * Compiled code is kept for all processes that the tests start, as main.ts does for those of the service: a parser of a file starts with
 * 0.23 s of CPU instead of 0.7, and one test file starts up to a hundred.
 */
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/zhanbu/compiled', import.meta.url));

/**
 * glibc may take large pages for what is allocated (from 2.35 on; elsewhere it reads nothing of it). The processes of a run are short and
 * begin by touching new memory, which costs a virtual machine a sixth of all CPU: a suite on the embedded engine takes 15 to 20 % less.
 */
process.env['GLIBC_TUNABLES'] ??= 'glibc.malloc.hugetlb=1';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(browserAsked ? [] : ['tests/browser/**'])],
    globalSetup: ['tests/support/global-setup.ts'],
    pool: 'forks',
    // Two: each file may start an embedded engine of up to 0.9 GB beside itself.
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
