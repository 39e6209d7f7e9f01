/**
 * The rules of the delivery queue (`settle`, the retry table, `hurried`, what a settlement does to a queue) against a
 * model of it that was written apart from them. Both engines are held to the same model in `test/queue-model.test.ts`.
 */
import { test } from 'vitest'
import { createTestClock } from '../test/fixtures.ts'
import { paperDesk } from '../test/model/paper.ts'
import { assertModel, TIMEOUT_OF_RUNS_MS } from '../test/model/run.ts'

test('the rules say of any queue what the model says', { timeout: TIMEOUT_OF_RUNS_MS }, async ({ annotate }) => {
  await annotate(await assertModel({ runs: 800, reaching: 100, open: async () => paperDesk(createTestClock()) }))
})
