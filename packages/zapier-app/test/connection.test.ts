/** Connecting to a server, and what becomes of a step when the server refuses or is not there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { type Answer, type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import { authOf, type AuthData, zapierOn } from './zapier.ts'

let radar: Radar
beforeAll(async () => {
  radar = await startRadar({ settings: { DNSRADAR_INSTANCE_NAME: 'Example Corp' } })
})
afterAll(() => radar[Symbol.asyncDispose]())

const as = (authData: Partial<AuthData>) => zapierOn(radar, { ...authOf(radar), ...authData })

/** What a person reads, however Zapier packs it. */
async function refusal(work: Promise<unknown>): Promise<{ name: string; message: string }> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error)) throw new Error('it was not refused')
  return { name: error.name, message: error.message }
}

test('the test of a connection says where it leads to, and nothing secret', async () => {
  const connected = await as({}).test()
  expect(connected).toEqual({
    instance: 'Example Corp',
    host: new URL(radar.url).host,
    organization: expect.any(String),
    scopes: ['admin'],
    version: expect.any(String),
  })
  expect(JSON.stringify(connected)).not.toContain(radar.key)
})

test('a connection is called by its instance and host; an instance without a name of its own by its host', async () => {
  const labelOf = async (server: Radar) => zapierOn(server).label(await zapierOn(server).test())
  expect(await labelOf(radar)).toBe(`Example Corp (${new URL(radar.url).host})`)
  await using unnamed = await startRadar()
  expect(await labelOf(unnamed)).toBe(new URL(unnamed.url).host)
})

test('an address may end with a slash', async () => {
  expect(await as({ server_url: `${radar.url}/` }).test()).toMatchObject({ instance: 'Example Corp' })
})

test('a wrong key while connecting is a mistake; afterwards the connection has expired', async () => {
  const wrong = as({ api_key: 'sk_wrong_key_0123456789' })
  const entering = await refusal(wrong.test())
  expect(entering.name).not.toBe('ExpiredAuthError')
  expect(entering.message).toContain('This API key is not valid on this server')
  const working = await refusal(wrong.search('find_monitor', { domain: 'example.com' }))
  expect(working).toMatchObject({ name: 'ExpiredAuthError' })
  expect(`${entering.message} ${working.message}`).not.toContain('sk_wrong_key')
})

test('a wrong key expires the connection of a Zap that is switched on, listed or searched for', async () => {
  const wrong = as({ api_key: 'sk_wrong_key_0123456789' })
  const works = [
    wrong.switchOn('dns_change'),
    wrong.listed('dns_change'),
    wrong.create('check_monitor', { monitor: 'm' }),
  ]
  for (const { name } of await Promise.all(works.map(refusal))) expect(name).toBe('ExpiredAuthError')
})

test('a key that may only read is told which scope it lacks', async () => {
  const { key } = await radar.client.createKey({ name: 'reader', scopes: ['read'] })
  const reader = as({ api_key: key })
  expect(await reader.search('find_monitor', { domain: 'example.com' })).toEqual([])
  const { message } = await refusal(reader.switchOn('dns_change'))
  expect(message).toMatch(/write/)
  expect(message).not.toContain(key)
})

test('a server that is not there is named, whatever is asked of it', async () => {
  const receiver = await startReceiver()
  await receiver.close()
  const dead = as({ server_url: receiver.origin })
  const works = [dead.test(), dead.create('check_monitor', { monitor: 'mon_1' }), dead.switchOn('dns_change')]
  for (const { message } of await Promise.all(works.map(refusal))) {
    expect(message).toContain(`127.0.0.1:${receiver.port} cannot be reached (ECONNREFUSED)`)
    expect(message).not.toContain(radar.key)
  }
})

test.for(['http://good@other', 'http://user:hunter2@127.0.0.1:1', 'https://good.example\\@other', 'gopher://x', ''])(
  'no request is made to the address %j',
  async (server_url) => {
    const { message } = await refusal(as({ server_url }).test())
    expect(message).toContain('The server address must')
    expect(message).not.toContain('hunter2')
  },
)

describe('what is not DNSRadar', () => {
  let other: Receiver
  beforeAll(async () => {
    other = await startReceiver()
  })
  afterAll(() => other.close())

  test.for([301, 302, 303, 307, 308])(
    'is not followed to where it redirects with %d, so the key goes nowhere else',
    async (status) => {
      other.answer({ status, headers: { location: `${radar.receiver.origin}/me` } })
      const zapier = as({ server_url: other.origin })
      const works = [
        zapier.test(),
        zapier.create('check_monitor', { monitor: 'mon_1' }),
        zapier.search('find_monitor', { domain: 'example.com' }),
        zapier.switchOn('dns_change'),
      ]
      for (const { message } of await Promise.all(works.map(refusal))) {
        expect(message).toContain('answers with a redirect, which is not followed')
      }
      expect(radar.receiver.requests).toEqual([])
    },
  )

  test.for([
    [403, 'missing_scope'],
    [404, 'not_found'],
    [409, 'conflict'],
    [422, 'idempotency_mismatch'],
  ] as const)('refuses with %d in words of its own, in which the key is not repeated', async ([status, code]) => {
    other.answer(problem(status, code, `You sent ${radar.key}, which will not do.`))
    const zapier = as({ server_url: other.origin })
    for (const work of [zapier.test(), zapier.create('check_monitor', { monitor: 'mon_1' })]) {
      const { name, message } = await refusal(work)
      expect({ name, message: JSON.parse(message) as unknown }).toEqual({
        name: 'AppError',
        message: { message: 'You sent ***, which will not do.', code, status },
      })
    }
  })

  const answers: readonly {
    readonly why: string
    readonly answer: Answer
    readonly says: RegExp
    readonly name?: string
  }[] = [
    { why: 'a web page', answer: { status: 200, body: '<html>hello</html>' }, says: /not DNSRadar/ },
    { why: 'another API', answer: { status: 200, body: '{"ok":true}' }, says: /not DNSRadar/ },
    { why: 'nothing at all', answer: { status: 200, body: '' }, says: /not DNSRadar/ },
    { why: 'a page that is not there', answer: { status: 404, body: 'nope' }, says: /is the address right/ },
    {
      why: 'a proxy whose server is down',
      answer: { status: 502, body: 'bad gateway' },
      says: /had a problem. Try again/,
    },
    { why: 'a proxy that wants a password', answer: { status: 401, body: 'who?' }, says: /is the address right/ },
    { why: 'a connection that is closed', answer: 'close', says: /cannot be reached/ },
    {
      why: 'a server that is busy',
      answer: { status: 429, headers: { 'retry-after': '7' }, body: '{}' },
      says: /"delay":7/,
      name: 'ThrottledError',
    },
  ]

  test.for(answers)('is told as what it is: $why', async ({ answer, says, name = 'AppError' }) => {
    other.answer(answer)
    const told = await refusal(as({ server_url: other.origin }).test())
    expect(told).toMatchObject({ name, message: expect.stringMatching(says) })
    expect(told.message).not.toContain(radar.key)
  })

  test('a server that breaks asks to try again', async () => {
    other.answer(problem(500, 'internal', 'secret inner thing'))
    const { message } = await refusal(as({ server_url: other.origin }).test())
    expect(message).toContain('The server had a problem. Try again')
    expect(message).not.toContain('inner')
  })
})

function problem(status: number, code: string, detail: string): Answer {
  const body = JSON.stringify({ type: 'x', title: 'x', status, detail, instance: '/me', code, request_id: 'r' })
  return { status, headers: { 'content-type': 'application/problem+json' }, body }
}
