/** Failing from many addresses: what counts as one. Everything else about keys is in the contract tests. */
import { randomBytes } from 'node:crypto'
import { RadarError } from '@dnsradar/core'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { expect, test } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import { createLog } from '../log.ts'
import { newApiKey } from '../keys.ts'
import { createAuthenticate } from './auth.ts'

const LIMIT = 2
const MINUTE = 60_000

async function openDoor() {
  const clock = createTestClock()
  const log = createLog('silent', process.stderr)
  const keyRing = parseKeyRing(generateKey())
  const store = await openStore('sqlite::memory:', { clock, log, keyRing, serving: true, random: randomBytes })
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  await store.accounts.createKey(organization.id, newApiKey('sk_good', 'good', ['read']))
  const authenticate = createAuthenticate(store, clock, LIMIT)
  /** `in`, or the code of the refusal. */
  const knock = async (ip: string, key: string): Promise<string> => {
    try {
      await authenticate({ headers: { 'x-api-key': key }, ip })
      return 'in'
    } catch (error) {
      if (error instanceof RadarError) return error.code
      throw error
    }
  }
  return { clock, knock, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

test.for([
  { why: 'one IPv4 address', tried: ['192.0.2.1', '192.0.2.1'], other: '192.0.2.2' },
  { why: 'one /64 of IPv6', tried: ['2001:db8::1', '2001:db8:0:0:ffff::2'], other: '2001:db8:0:1::1' },
  { why: 'one /64 however it is written', tried: ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'], other: '2001:db8:1::' },
  {
    why: 'one IPv4 address seen through IPv6',
    tried: ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    other: '::ffff:192.0.2.2',
  },
])('failures of $why count together', async ({ tried, other }) => {
  await using door = await openDoor()
  for (const ip of tried) expect(await door.knock(ip, 'sk_bad')).toBe('unknown_key')
  for (const ip of tried) expect(await door.knock(ip, 'sk_bad')).toBe('rate_limited')
  expect(await door.knock(other, 'sk_bad')).toBe('unknown_key')
})

test('a key that is in use stays in, however long somebody at the same address goes on failing', async () => {
  await using door = await openDoor()
  expect(await door.knock('192.0.2.1', 'sk_good')).toBe('in')
  for (let minute = 0; minute < 30; minute++) {
    for (let i = 0; i <= LIMIT; i++) await door.knock('192.0.2.1', 'sk_bad')
    expect(await door.knock('192.0.2.1', 'sk_bad')).toBe('rate_limited')
    expect(await door.knock('192.0.2.1', 'sk_good')).toBe('in')
    await door.clock.advance(MINUTE)
  }
})
