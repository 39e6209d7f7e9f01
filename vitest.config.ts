import { defineConfig } from 'vitest/config'

/**
 * Three projects by cost: `unit` is rules and laws without a machine around them (seconds),
 * `conformance` holds both storage engines to one suite, `e2e` runs the whole product over real sockets.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'test/harness/*.test.ts'], isolate: false } },
      {
        test: {
          name: 'conformance',
          include: ['packages/store/test/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'packages/server/test/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
