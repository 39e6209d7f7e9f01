/** What the webhook of an application is told, and when. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { READER } from '../api.ts'
import { anA, type Dialect, MINUTE, nameOf, PATIENCE, RIGHT, SECOND, startDialect } from './dialect.ts'

const DOMAIN = 'example.com'

let entri: Dialect
beforeEach(async () => {
  entri = await startDialect()
})
afterEach(() => entri[Symbol.asyncDispose]())

const become = (host: string, state: 'right' | 'wrong' | 'gone') => entri.become(DOMAIN, host, state)
const record = (host: string) => ({ type: 'A', host, value: RIGHT })
const types = (bodies: readonly { type: string }[]) => bodies.map(({ type }) => type)
const hook = async () => (await entri.api.call('GET', '/webhooks?source=entri')).body.data[0]

describe('is told', () => {
  test.for([
    { why: 'changes', state: 'wrong' },
    { why: 'is taken away', state: 'gone' },
  ] as const)('that a record is missing when it $why', async ({ state }) => {
    await entri.healthy(DOMAIN, ['@', 'shop'])
    await become('shop', state)
    expect(await entri.told(1)).toEqual([
      {
        id: expect.any(String),
        user_id: entri.application.application_id,
        domain: DOMAIN,
        subdomain: 'shop',
        type: 'domain.record_missing',
        data: { records_propagated: [record('@')], records_non_propagated: [record('shop')] },
      },
    ])
  })

  test('that a record is missing which was never there', async () => {
    await entri.ok('POST', '/monitor/domains', { domain: DOMAIN, dnsRecords: [anA('@')] })
    const [missing] = await vi.waitFor(() => entri.told(1), PATIENCE)
    expect(missing).toMatchObject({ type: 'domain.record_missing', subdomain: null })
  })

  test('that records are back only when all of them are', async () => {
    await entri.healthy(DOMAIN, ['@', 'shop', 'www'])
    await become('shop', 'gone')
    await become('www', 'wrong')
    await become('shop', 'right')
    const missing = await entri.told(2)
    expect(missing.map(({ subdomain, data }) => [subdomain, data.records_non_propagated])).toEqual([
      ['shop', [record('shop')]],
      ['www', [record('shop'), record('www')]],
    ])
    await become('www', 'right')
    const [, , restored] = await entri.told(3)
    expect(restored).toMatchObject({
      type: 'domain.record_restored',
      subdomain: 'www',
      data: { records_propagated: [record('@'), record('shop'), record('www')], records_non_propagated: [] },
    })
    expect(new Set([...missing, restored].map(({ id }) => id)).size).toBe(3)
  })

  test('nothing new while a missing record is missing in another way', async () => {
    await entri.healthy(DOMAIN, ['@'])
    await become('@', 'wrong')
    await become('@', 'gone')
    expect(types(await entri.told(1))).toEqual(['domain.record_missing'])
    // The native history has both.
    const events = (await entri.api.call('GET', '/events?order_way=asc')).body.data
    expect(events.map(({ kind }: { kind: string }) => kind)).toEqual(['record.broken', 'record.changed'])
  })

  test('nothing of a record that was removed, and nothing by its removal', async () => {
    await entri.healthy(DOMAIN, ['@', 'shop'])
    await become('shop', 'gone')
    await entri.ok('DELETE', `/monitor/domains/${DOMAIN}/records`, { dnsRecords: [{ type: 'A', host: 'shop' }] })
    expect(types(await entri.told(1))).toEqual(['domain.record_missing'])
    expect(await entri.ok('GET', '/monitor/status')).toMatchObject({ records: 1, missing: 0 })
    await become('@', 'gone')
    await become('@', 'right')
    expect(
      (await entri.told(3)).map(({ type, subdomain, data }) => [type, subdomain, data.records_non_propagated]),
    ).toEqual([
      ['domain.record_missing', 'shop', [record('shop')]],
      ['domain.record_missing', null, [record('@')]],
      ['domain.record_restored', null, []],
    ])
  })

  test('that all are back when the one that is missing is removed and another one comes back', async () => {
    await entri.healthy(DOMAIN, ['@', 'shop'])
    await become('shop', 'gone')
    await become('@', 'gone')
    await entri.ok('PUT', `/monitor/domains/${DOMAIN}/records`, { dnsRecords: [anA('@')] })
    await become('@', 'right')
    expect(types(await entri.told(3))).toEqual([
      'domain.record_missing',
      'domain.record_missing',
      'domain.record_restored',
    ])
  })

  test('of each domain by itself', async () => {
    await entri.healthy(DOMAIN, ['@'])
    await entri.healthy('example.net', ['@'])
    await become('@', 'gone')
    await entri.become('example.net', '@', 'gone')
    await become('@', 'right')
    expect((await entri.told(3)).map(({ domain, type }) => [domain, type])).toEqual([
      [DOMAIN, 'domain.record_missing'],
      ['example.net', 'domain.record_missing'],
      [DOMAIN, 'domain.record_restored'],
    ])
  })

  test('whose domain it is', async () => {
    entri.dns.set(DOMAIN, 'A', [RIGHT], 0)
    await entri.ok('POST', '/monitor/domains', { domain: DOMAIN, dnsRecords: [anA('@')], user_id: 'customer-7' })
    await vi.waitUntil(
      async () => (await entri.ok('GET', `/monitor/domains/${DOMAIN}`)).monitor_status === 'success',
      PATIENCE,
    )
    await become('@', 'gone')
    expect(await entri.told(1)).toMatchObject([{ user_id: 'customer-7' }])
  })
})

test('several records that break in one batch of looks are one event', async () => {
  const hosts = Array.from({ length: 5 }, (_, i) => `h${i}`)
  await entri.ok('POST', '/monitor/domains', { domain: DOMAIN, dnsRecords: hosts.map((host) => anA(host)) })
  await vi.waitUntil(
    async () => (await entri.ok('GET', `/monitor/domains/${DOMAIN}`)).monitor_status === 'success',
    PATIENCE,
  )
  const events = (await entri.api.call('GET', '/system-events?type=domain.record_missing')).body.data
  const last = events[0]
  expect(last.data.records_non_propagated).toEqual(hosts.map(record))
  expect(events.length).toBeLessThanOrEqual(hosts.length)
})

describe('a delivery', () => {
  const failOnce = async () => {
    entri.receiver.answer(503, 1)
    await entri.healthy(DOMAIN, ['@'])
    await become('@', 'gone')
    await entri.receiver.waitFor(1)
    await vi.waitUntil(async () => (await hook()).next_attempt !== null, PATIENCE)
  }

  test('is tried again under the same id, signed for the time of each attempt', async () => {
    await failOnce()
    await entri.clock.advance(6 * MINUTE)
    const [first, second] = await entri.receiver.waitFor(2)
    if (first === undefined || second === undefined) throw new Error('two attempts were expected')
    expect(second.body).toBe(first.body)
    const { id } = JSON.parse(first.body)
    for (const { headers } of [first, second]) {
      const seconds = String(headers['entri-timestamp'])
      const signature = createHash('sha256')
        .update(id + seconds + entri.application.secret)
        .digest('hex')
      expect(headers['entri-signature-v2']).toBe(signature)
      expect(headers['webhook-id']).toMatch(/^req_/)
    }
    const times = [first, second].map(({ headers }) => Number(headers['entri-timestamp']))
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual((5 * MINUTE) / SECOND)
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
  })

  test('is in the history as any other, and a resend has the same id', async () => {
    await entri.healthy(DOMAIN, ['@'])
    await become('@', 'gone')
    const [missing] = await entri.told(1)
    const { uuid } = await hook()
    const [request] = (await entri.api.call('GET', `/webhooks/${uuid}/requests`)).body.data
    expect(request).toMatchObject({ status: 'DELIVERED', kind: 'system', event_uuid: null })
    const path = `/webhooks/${uuid}/requests/${request.uuid}`
    expect(JSON.parse((await entri.api.call('GET', path)).body.body)).toEqual(missing)
    expect((await entri.api.call('POST', `${path}/retry`)).status).toBe(202)
    const [, resent] = await entri.receiver.waitFor(2)
    expect(JSON.parse(resent?.body ?? '')).toEqual(missing)
  })

  test('shows no signature to a key that may only read', async () => {
    const { uuid } = await hook()
    const { body } = await entri.api.call('POST', `/webhooks/${uuid}/test`)
    await entri.receiver.waitFor(1)
    const path = `/webhooks/${uuid}/requests/${body.uuid}`
    await vi.waitUntil(async () => (await entri.api.call('GET', path)).body.delivered !== null, PATIENCE)
    const signatures = async (key?: string) => {
      const { headers } = (await entri.api.call('GET', path, key === undefined ? {} : { key })).body
      return Object.keys(headers).filter((name) => /signature/i.test(name))
    }
    expect(await signatures()).toContain('Entri-Signature-V2')
    expect(await signatures(READER)).toEqual([])
  })

  test('that nobody took is recovered when the webhook is enabled again', async () => {
    await entri.healthy(DOMAIN, ['@'])
    const { uuid } = await hook()
    await entri.api.call('POST', `/webhooks/${uuid}/disable`)
    const since = Math.floor(entri.clock.now() / SECOND)
    await become('@', 'gone')
    expect((await entri.api.call('POST', `/webhooks/${uuid}/enable`)).status).toBe(200)
    expect((await entri.api.call('POST', `/webhooks/${uuid}/recover`, { json: { since } })).body).toEqual({ queued: 1 })
    expect(await entri.told(1)).toMatchObject([{ type: 'domain.record_missing', domain: DOMAIN }])
  })

  test('can be tried with a sample', async () => {
    const { uuid } = await hook()
    expect((await entri.api.call('POST', `/webhooks/${uuid}/test`)).status).toBe(202)
    const [request] = await entri.receiver.waitFor(1)
    const body = JSON.parse(request?.body ?? '')
    expect(body).toMatchObject({ user_id: 'test', domain: DOMAIN, subdomain: 'www', type: 'domain.record_missing' })
    const seconds = String(request?.headers['entri-timestamp'])
    const signature = createHash('sha256')
      .update(body.id + seconds + entri.application.secret)
      .digest('hex')
    expect(request?.headers['entri-signature-v2']).toBe(signature)
  })
})

describe('the url of the application', () => {
  const patch = (json: object) => entri.api.call('PATCH', `/entri/applications/${entri.application.uuid}`, { json })

  test('is where its news goes, the new one as soon as it is set', async () => {
    await entri.healthy(DOMAIN, ['@'])
    await become('@', 'gone')
    await entri.told(1)
    const { uuid } = await hook()
    expect((await patch({ webhook_url: `${entri.receiver.origin}/other` })).body).toMatchObject({
      webhook_url: `${entri.receiver.origin}/other`,
    })
    await become('@', 'right')
    await entri.told(2)
    expect(entri.receiver.requests.map(({ path }) => path)).toEqual(['/hook', '/other'])
    // The same hook, with its history.
    expect((await hook()).uuid).toBe(uuid)
  })

  test('may come after the domains, and covers them then', async () => {
    await patch({ webhook_url: null })
    expect(await hook()).toBeUndefined()
    await entri.healthy(DOMAIN, ['@'])
    await become('@', 'gone')
    await patch({ webhook_url: entri.receiver.url })
    expect(await entri.told(0)).toEqual([])
    await become('@', 'right')
    expect(types(await entri.told(1))).toEqual(['domain.record_restored'])
  })

  test('of two applications may be one, and each signs with its own secret', async () => {
    const other = await entri.newApplication({ webhook_url: entri.receiver.url })
    await entri.healthy(DOMAIN, ['@'])
    const asked = { token: await entri.token(other), applicationId: other.application_id }
    const json = { domain: 'example.org', dnsRecords: [anA('@')] }
    await entri.call('POST', '/monitor/domains', { ...asked, json })
    await become('@', 'gone')
    const requests = await entri.receiver.waitFor(2)
    const secrets = { [DOMAIN]: entri.application.secret, 'example.org': other.secret } as Record<string, string>
    for (const { headers, body } of requests) {
      const { id, domain } = JSON.parse(body)
      const signature = createHash('sha256')
        .update(id + String(headers['entri-timestamp']) + secrets[domain])
        .digest('hex')
      expect(headers['entri-signature-v2']).toBe(signature)
    }
  })

  test('hears of nothing but the domains of its application', async () => {
    const json = { domain: 'native.example', record_type: 'A', expected_value: RIGHT }
    const { uuid } = (await entri.api.call('POST', '/monitors', { json })).body
    await entri.api.call('POST', `/monitors/${uuid}/check`)
    entri.dns.set(nameOf('native.example', '@'), 'A', [RIGHT], 0)
    await entri.api.call('POST', `/monitors/${uuid}/check`)
    await entri.healthy(DOMAIN, ['@'])
    await become('@', 'gone')
    expect((await entri.told(1)).map(({ domain }) => domain)).toEqual([DOMAIN])
  })
})

test('a native webhook hears of the same domain in its own words', async () => {
  const url = `${entri.receiver.origin}/native`
  await entri.api.call('POST', '/webhooks', {
    json: { url, all_groups: true, events: ['record.*', 'domain.record_*'] },
  })
  await entri.healthy(DOMAIN, ['@'])
  await become('@', 'gone')
  await entri.receiver.waitFor(3)
  const native = entri.receiver.requests.filter(({ path }) => path === '/native').map(({ body }) => JSON.parse(body))
  expect(native).toMatchObject([
    { event: { domain: DOMAIN, subdomain: null, new_state: 'NOT_FOUND' } },
    {
      type: 'domain.record_missing',
      data: { domain: DOMAIN, records_non_propagated: [record('@')], records_propagated: [] },
    },
  ])
})
