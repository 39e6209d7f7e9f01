/** Bad input: refused with a message and the place of the fault, and never half a write. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Reply } from '../api.ts'
import { anA, type Dialect, startDialect } from './dialect.ts'

let entri: Dialect
let token: string
beforeAll(async () => {
  entri = await startDialect()
  token = await entri.token()
  await entri.ok('POST', '/monitor/domains', { domain: 'there.example', dnsRecords: [anA('@')] })
})
afterAll(() => entri[Symbol.asyncDispose]())

const ask = (method: string, path: string, asked: object = {}) => entri.call(method, path, { token, ...asked })
let before: unknown
const state = async () => {
  const { domains } = (await ask('GET', '/monitor/domains?limit=100')).body
  return domains.map((domain: object) => ({ ...domain, monitor_status: null }))
}
beforeEach(async () => {
  before = await state()
})
async function expectRefused(reply: Reply, status: number, fields: readonly string[] = []): Promise<void> {
  expect({ status: reply.status, fields: Object.keys(reply.body.errors ?? {}) }).toMatchObject({ status })
  expect(reply.body.message).toEqual(expect.any(String))
  expect(Object.keys(reply.body.errors ?? {})).toEqual(expect.arrayContaining([...fields]))
  expect(await state()).toEqual(before)
}

describe('a record', () => {
  const whole = { type: 'A', host: 'new', value: '192.0.2.1', ttl: 60 }
  const bad: { why: string; record: unknown; field: string }[] = [
    ...(['type', 'host', 'value', 'ttl'] as const).map((field) => ({
      why: `no ${field}`,
      record: { ...whole, [field]: undefined },
      field: `.${field}`,
    })),
    { why: 'a type that is no text', record: { ...whole, type: 1 }, field: '.type' },
    { why: 'a type that cannot be monitored', record: { ...whole, type: 'SRV' }, field: '.type' },
    { why: 'a host that is no text', record: { ...whole, host: null }, field: '.host' },
    { why: 'an empty host', record: { ...whole, host: '' }, field: '.host' },
    { why: 'a host with a space', record: { ...whole, host: 'a b' }, field: '.host' },
    { why: 'a host that is a url', record: { ...whole, host: 'https://x/' }, field: '.host' },
    { why: 'a host outside the domain', record: { ...whole, host: 'elsewhere.example.' }, field: '.host' },
    { why: 'a value that is no text', record: { ...whole, value: ['192.0.2.1'] }, field: '.value' },
    { why: 'an empty value', record: { ...whole, value: '' }, field: '.value' },
    { why: 'a value that is no address', record: { ...whole, value: '192.0.2.256' }, field: '.value' },
    { why: 'a long value', record: { ...whole, type: 'TXT', value: 'x'.repeat(1001) }, field: '.value' },
    { why: 'a ttl that is a text', record: { ...whole, ttl: '3600' }, field: '.ttl' },
    { why: 'a negative ttl', record: { ...whole, ttl: -1 }, field: '.ttl' },
    { why: 'a ttl with a fraction', record: { ...whole, ttl: 1.5 }, field: '.ttl' },
    { why: 'an endless ttl', record: { ...whole, ttl: 2 ** 31 }, field: '.ttl' },
    {
      why: 'a priority out of range',
      record: { ...whole, type: 'MX', value: 'mx.example', priority: '65536' },
      field: '.priority',
    },
    {
      why: 'a priority that is no number',
      record: { ...whole, type: 'MX', value: 'mx.example', priority: 'high' },
      field: '.priority',
    },
    {
      why: 'a priority given twice',
      record: { ...whole, type: 'MX', value: '10 mx.example', priority: 10 },
      field: '.priority',
    },
    { why: 'no object', record: 'A @ 192.0.2.1', field: '' },
    { why: 'nothing', record: null, field: '' },
  ]
  test.for(bad)('with $why is refused, wherever it is sent', async ({ record, field }) => {
    const dnsRecords = [whole, record]
    const place = `dnsRecords[1]${field}`
    await expectRefused(await ask('POST', '/monitor/domains', { json: { domain: 'new.example', dnsRecords } }), 400, [
      place,
    ])
    await expectRefused(await ask('PUT', '/monitor/domains', { json: { domain: 'there.example', dnsRecords } }), 400, [
      place,
    ])
    const path = '/monitor/domains/there.example/records'
    await expectRefused(await ask('POST', path, { json: { dnsRecords } }), 400, [place])
    await expectRefused(await ask('PUT', path, { json: { dnsRecords } }), 400, [place])
  })
})

describe('a domain', () => {
  const bad: unknown[] = [
    '',
    'com',
    'a b.example',
    'https://example.com',
    '192.0.2.1',
    '::1',
    'x'.repeat(64) + '.example',
    '*.example.com',
    '-a.example',
    'a..example',
    7,
    null,
    ['a.example'],
  ]
  test.for(bad.map((domain) => ({ domain, shown: JSON.stringify(domain).slice(0, 40) })))(
    'such as $shown is refused',
    async ({ domain }) => {
      const json = { domain, dnsRecords: [anA('@')] }
      await expectRefused(await ask('POST', '/monitor/domains', { json }), 400, ['domain'])
    },
  )

  test.for(['unknown.example', 'no domain at all', '..', '%00', 'a%2Fb', '%F0%9F%92%A9'])(
    'that nobody added is 404: %s',
    async (name) => {
      const path = `/monitor/domains/${name === '..' ? '%2E%2E' : encodeURI(decodeURIComponent(name)).replaceAll('/', '%2F')}`
      await expectRefused(await ask('GET', path), 404)
      await expectRefused(await ask('POST', `${path}/records`, { json: { dnsRecords: [anA('@')] } }), 404)
    },
  )
})

describe('a body', () => {
  const bad: { why: string; asked: object; status: number }[] = [
    { why: 'that is no JSON', asked: { raw: '{"domain":' }, status: 400 },
    { why: 'that is missing', asked: {}, status: 400 },
    { why: 'that is a list', asked: { json: [] }, status: 400 },
    { why: 'that is a text', asked: { json: 'x' }, status: 400 },
    { why: 'without records', asked: { json: { domain: 'x.example' } }, status: 400 },
    { why: 'with an empty list of records', asked: { json: { domain: 'x.example', dnsRecords: [] } }, status: 400 },
    {
      why: 'with too many records',
      asked: { json: { domain: 'x.example', dnsRecords: Array(501).fill(anA('@')) } },
      status: 400,
    },
    { why: 'with a NUL', asked: { json: { domain: 'x\0.example', dnsRecords: [anA('@')] } }, status: 400 },
    { why: 'with a prototype', asked: { raw: '{"__proto__":{"domain":"x.example"}}' }, status: 400 },
    { why: 'that is too deep', asked: { raw: `${'['.repeat(500)}${']'.repeat(500)}` }, status: 400 },
    { why: 'that is too large', asked: { json: { domain: 'x.example', padding: 'x'.repeat(300_000) } }, status: 413 },
  ]
  test.for(bad)('$why is refused', async ({ asked, status }) => {
    await expectRefused(await ask('POST', '/monitor/domains', asked), status)
    await expectRefused(await ask('PUT', '/monitor/domains', asked), status)
    await expectRefused(
      await ask('DELETE', '/monitor/domains', {
        ...asked,
        ...('json' in asked ? { json: { padding: 'x'.repeat(status === 413 ? 300_000 : 1) } } : {}),
      }),
      status,
    )
  })

  test('whose members nobody knows is taken, and they are left aside', async () => {
    const json = {
      domain: 'more.example',
      dnsRecords: [{ ...anA('@'), comment: 'x' }],
      power: true,
      provider: { name: 'x' },
    }
    const added = await ask('POST', '/monitor/domains', { json })
    expect(added).toMatchObject({ status: 200, body: { dnsRecords: [anA('@')] } })
    await ask('DELETE', '/monitor/domains', { json: { domain: 'more.example' } })
  })

  test('of any shape is answered, never with a failure of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json({ maxDepth: 4 }),
        fc.constantFrom('domains', 'domains/batch', 'import', 'domains/there.example/records'),
        async (raw, path) => {
          const reply = await ask('POST', `/monitor/${path}`, { raw })
          // A batch takes any items: what is wrong with one is said in its status.
          expect(reply.status).toBeGreaterThanOrEqual(path === 'domains/batch' ? 200 : 400)
          expect(reply.status).toBeLessThan(500)
        },
      ),
      { numRuns: 60 },
    )
    expect(await state()).toEqual(before)
  })
})

test('a path or a method that is not there is refused in the same words', async () => {
  expect(await ask('GET', '/monitor/nothing')).toMatchObject({ status: 404, body: { message: expect.any(String) } })
  expect(await ask('PATCH', '/monitor/domains')).toMatchObject({ status: 405, body: { message: expect.any(String) } })
  const reply = await fetch(`${entri.api.address}/token`)
  expect({ status: reply.status, allow: reply.headers.get('allow'), body: await reply.json() }).toEqual({
    status: 405,
    allow: 'POST',
    body: { message: expect.any(String) },
  })
})

test('another media type is refused', async () => {
  const headers = {
    applicationId: entri.application.application_id,
    Authorization: `Bearer ${token}`,
    'Content-Type': 'text/plain',
  }
  const reply = await fetch(`${entri.api.address}/monitor/domains`, { method: 'POST', headers, body: '{}' })
  expect({ status: reply.status, body: await reply.json() }).toEqual({
    status: 415,
    body: { message: expect.any(String) },
  })
})
