/** The server keeps house: what is older than retention goes by itself. */
import { expect, test } from 'vitest'
import { createTestClock } from '../../../test/harness/clock.ts'
import { type Api, startApi } from './api.ts'

const START = Date.UTC(2030, 0, 1)
const HOUR = 3_600_000

async function audited(api: Api): Promise<number> {
  return (await api.call('GET', '/audit?limit=100')).body.data.length as number
}

test('what the operator wants kept for so long is kept so long and dropped within the hour after', async () => {
  const clock = createTestClock(START)
  await using api = await startApi({ DNSRADAR_RETENTION: '90m' }, { clock })
  await api.call('PATCH', '/organization', { json: { name: 'old' } })
  await clock.advance(HOUR)
  await api.call('PATCH', '/organization', { json: { name: 'new' } })
  expect(await audited(api)).toBe(2)
  await clock.advance(HOUR)
  await expect.poll(() => audited(api)).toBe(1)
})
