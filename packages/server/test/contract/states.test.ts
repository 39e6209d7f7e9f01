/** What a monitor's state says about its record, and how often it is looked at. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import type { Behaviour, DnsServer } from '../../../../test/harness/dns-server.ts'
import { startWatching } from '../watching.ts'
import { MINUTE, SECOND } from '../times.ts'

const NAME = 'www.piedpiper.com'
const WWW = { domain: 'piedpiper.com', subdomain: 'www', record_type: 'A', expected_value: ['1.2.3.4', '5.6.7.8'] }
const SERVFAIL = 2
const REFUSED = 5

const serves =
  (...values: string[]) =>
  (dns: DnsServer) =>
    dns.set(NAME, 'A', values)
const behaves = (behaviour: Behaviour) => (dns: DnsServer) => dns.behave(NAME, behaviour)

const zones: { state: string; why: string; zone: (dns: DnsServer) => void; shown?: string[] }[] = [
  {
    state: 'VALID',
    why: 'the answer is what is expected',
    zone: serves('5.6.7.8', '1.2.3.4'),
    shown: ['1.2.3.4', '5.6.7.8'],
  },
  { state: 'MISMATCH', why: 'the answer is something else', zone: serves('9.9.9.9'), shown: ['9.9.9.9'] },
  { state: 'NOT_FOUND', why: 'the name does not exist', zone: () => {} },
  { state: 'NOT_FOUND', why: 'the name has no record of the type', zone: (dns) => dns.set(NAME, 'TXT', ['hello']) },
  {
    state: 'NOT_FOUND',
    why: 'the name is an alias of nothing',
    zone: (dns) => dns.set(NAME, 'CNAME', ['gone.example']),
  },
  { state: 'TIMEOUT', why: 'nobody answers', zone: behaves({ kind: 'silence' }) },
  { state: 'INVALID', why: 'the answer is SERVFAIL', zone: behaves({ kind: 'rcode', rcode: SERVFAIL }) },
  { state: 'INVALID', why: 'the answer is REFUSED', zone: behaves({ kind: 'rcode', rcode: REFUSED }) },
  {
    state: 'INVALID',
    why: 'the answer holds two aliases of one name',
    zone: (dns) => dns.set(NAME, 'CNAME', ['a.example', 'b.example']),
  },
  {
    state: 'INVALID',
    why: 'the answer ends in the middle of a record',
    zone: behaves({ kind: 'raw', reply: (query) => [announced(query)] }),
  },
]

describe('a monitor', () => {
  test.for(zones)('is $state when $why', async ({ state, zone, shown = [] }) => {
    const { dns, create, check, changes } = await watching({ DNSRADAR_DNS_TIMEOUT: '400ms' })
    zone(dns)
    const { uuid } = await create(WWW)
    expect(await check(uuid)).toMatchObject({ state, current_value: shown, incidence_count: state === 'VALID' ? 0 : 1 })
    expect(await changes(uuid)).toEqual(state === 'VALID' ? [] : [['UNSET', state]])
  })

  test('says TIMEOUT as soon as the time that the operator gives a look is over', async () => {
    const { dns, create, check } = await watching({ DNSRADAR_DNS_TIMEOUT: '600ms' })
    const { uuid } = await create(WWW)
    await check(uuid)
    dns.behave(NAME, { kind: 'silence' })
    const { state, check: look } = await check(uuid)
    expect(state).toBe('TIMEOUT')
    expect(look.duration_ms).toBeGreaterThanOrEqual(500)
    expect(look.duration_ms).toBeLessThan(1500)
  })

  test('leaves each state for the next one with an event, and every departure from VALID counts as an incident', async () => {
    const { dns, create, check, changes } = await watching()
    serves('1.2.3.4', '5.6.7.8')(dns)
    const { uuid } = await create(WWW)
    await check(uuid)
    dns.behave(NAME, { kind: 'rcode', rcode: SERVFAIL })
    await check(uuid)
    dns.behave(NAME, null)
    await check(uuid)
    dns.remove(NAME)
    expect(await check(uuid)).toMatchObject({ state: 'NOT_FOUND', incidence_count: 2 })
    expect(await changes(uuid)).toEqual([
      ['VALID', 'INVALID'],
      ['INVALID', 'VALID'],
      ['VALID', 'NOT_FOUND'],
    ])
  })
})

describe('looks', () => {
  test.for([5, 10, 15, 30, 60, 120])('come every %d minutes when that is the frequency', async (frequency) => {
    const clock = createTestClock(Date.UTC(2030, 0, 1))
    const { dns, create, read } = await watching({}, clock)
    dns.set(NAME, 'A', WWW.expected_value, 0)
    const { uuid } = await create({ ...WWW, frequency })
    const looked = async (since: unknown) => {
      await vi.waitFor(async () => expect((await read(uuid)).last_checked).not.toBe(since), 10_000)
      return await read(uuid)
    }
    let monitor = await looked(null)
    const times: number[] = []
    dns.forget()
    for (let count = 0; count < 4; count += 1) {
      await clock.advance(Date.parse(monitor.next_check) - clock.now())
      await clock.advance(SECOND)
      monitor = await looked(monitor.last_checked)
      times.push(Date.parse(monitor.last_checked))
    }
    const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
    for (const gap of gaps) expect(Math.abs(gap - frequency * MINUTE)).toBeLessThanOrEqual(2 * SECOND)
    expect(dns.count({ name: NAME })).toBe(times.length)
  })
})

/** Closed when the test is over. */
async function watching(settings: Record<string, string> = {}, clock?: ReturnType<typeof createTestClock>) {
  const started = await startWatching(settings, clock && { clock })
  onTestFinished(() => started[Symbol.asyncDispose]())
  return started
}

/** A response that promises an answer record and ends after the question. */
function announced(query: Buffer): Buffer {
  const endOfQuestion = query.indexOf(0, 12) + 5
  const reply = Buffer.from(query.subarray(0, endOfQuestion))
  reply.writeUInt16BE(0x8180, 2)
  reply.writeUInt16BE(1, 6)
  reply.writeUInt16BE(0, 10)
  return reply
}
