import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** For machines that are busy: on a quiet one nothing takes half of it. */
const PATIENT = { testTimeout: 120_000, hookTimeout: 120_000 }

/** Closes what a file started. */
const WHOLE_PRODUCT = { setupFiles: ['test/harness/setup.ts'], ...PATIENT }

/** Several processes under load, and some of them killed: these want the machine for themselves. */
const STORIES_OF_PROCESSES = ['test/e2e/cluster.test.ts', 'test/e2e/under-load.test.ts', 'test/chaos/*.test.ts']

/** Nearly every test waits for a socket, a disk or another process most of its time: one worker more than cores. */
const SIDE_BY_SIDE = { maxWorkers: availableParallelism() + 1, sequence: { groupOrder: 0 } }
const ALONE = { maxWorkers: 1, sequence: { groupOrder: 1 } }

/** Of the stories that name no engine, those in which most depends on it. `pnpm test:postgres` runs all of them. */
const ON_POSTGRES_TOO = [
  'test/e2e/deliver-{queue,fairness}.test.ts',
  'packages/server/test/dashboard/sessions.test.ts',
  'packages/server/test/delivery-control/*.test.ts',
  'packages/server/test/editing/*.test.ts',
  'packages/server/test/editing-webhooks.test.ts',
  'packages/server/test/groups.test.ts',
  'packages/server/test/idempotency.test.ts',
  'packages/server/test/limits.test.ts',
  'packages/server/test/many-monitors.test.ts',
  'packages/server/test/retention.test.ts',
  'packages/server/test/subscriptions.test.ts',
  'packages/server/test/system-events.test.ts',
]

/**
 * Projects by cost: `unit` is rules and laws without a machine around them (seconds), `conformance` holds both storage
 * engines to one suite, `e2e` runs the whole product over real sockets: all of it, and some of it once more on PostgreSQL;
 * `n8n` and `zapier` run our integrations in those platforms' own contexts against it; `processes` comes last and alone.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'test/harness/*.test.ts'],
          isolate: false,
          ...SIDE_BY_SIDE,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['packages/store/test/*.test.ts'],
          ...PATIENT,
          ...SIDE_BY_SIDE,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/{e2e,repository}/**/*.test.ts', 'packages/server/test/**/*.test.ts'],
          exclude: STORIES_OF_PROCESSES,
          ...WHOLE_PRODUCT,
          ...SIDE_BY_SIDE,
        },
      },
      {
        test: {
          name: 'e2e-postgres',
          include: ON_POSTGRES_TOO,
          env: { DNSRADAR_TEST_DATABASE: 'postgres' },
          ...WHOLE_PRODUCT,
          ...SIDE_BY_SIDE,
        },
      },
      {
        test: {
          name: 'n8n',
          include: ['packages/n8n-nodes-dnsradar/{nodes,test}/**/*.test.ts'],
          // n8n-core keeps a settings file in the user's folder: not in that of whoever runs the tests.
          env: { N8N_USER_FOLDER: join(tmpdir(), 'dnsradar-n8n-tests'), N8N_LOG_LEVEL: 'silent' },
          ...WHOLE_PRODUCT,
          ...SIDE_BY_SIDE,
        },
      },
      {
        test: { name: 'zapier', include: ['packages/zapier-app/test/**/*.test.ts'], ...WHOLE_PRODUCT, ...SIDE_BY_SIDE },
      },
      { test: { name: 'processes', include: STORIES_OF_PROCESSES, ...WHOLE_PRODUCT, ...ALONE } },
    ],
  },
})
