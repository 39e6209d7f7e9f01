/** Conditional GETs: who kept an answer learns that it still holds without being sent it again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describedFetch } from '../../../test/harness/described.ts'
import { A_MONITOR, type Api, expectProblem, READER, startApi } from './api.ts'

let api: Api
let monitor: string
let webhook: string
beforeAll(async () => {
  api = await startApi()
  monitor = (await api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })).body.uuid
  const json = { url: 'https://hooks.example.com/dns', groups: ['default'], is_active: false }
  webhook = (await api.call('POST', '/webhooks', { json })).body.uuid
})
afterAll(() => api[Symbol.asyncDispose]())

interface Conditional {
  readonly status: number
  readonly tag: string | null
  readonly text: string
  readonly headers: Headers
}

async function read(path: string, known?: string, method = 'GET'): Promise<Conditional> {
  const headers = { 'X-API-Key': READER, ...(known === undefined ? {} : { 'If-None-Match': known }) }
  const response = await describedFetch(api.address + path, { method, headers })
  return {
    status: response.status,
    tag: response.headers.get('etag'),
    text: await response.text(),
    headers: response.headers,
  }
}

const PATHS = [
  ['a monitor', () => `/monitors/${monitor}`],
  ['a list of monitors', () => '/monitors?limit=5'],
  ['a list that is empty', () => '/events'],
  ['a webhook', () => `/webhooks/${webhook}`],
  ['a list of webhooks', () => '/webhooks'],
  ['a group', () => '/groups/default'],
  ['the organization', () => '/organization'],
] as const

describe.for(PATHS)('%s', ([, path]) => {
  test('carries a tag and is 304 without a body for who sends that back', async () => {
    const whole = await read(path())
    expect(whole.status).toBe(200)
    expect(whole.tag).toMatch(/^W\/"[\w-]{43}"$/)
    const again = await read(path(), whole.tag ?? '')
    expect(again).toMatchObject({ status: 304, text: '', tag: whole.tag })
    expect(again.headers.get('content-type')).toBeNull()
    expect(again.headers.get('x-request-id')).not.toBeNull()
  })
})

const KNOWN: readonly { why: string; header: (tag: string) => string; status: number }[] = [
  { why: 'one of several tags', header: (tag) => `"other", ${tag} , W/"another"`, status: 304 },
  { why: 'the tag as a strong one', header: (tag) => tag.replace('W/', ''), status: 304 },
  { why: 'anything at all', header: () => '*', status: 304 },
  { why: 'another tag', header: () => 'W/"other"', status: 200 },
  { why: 'the tag without its quotes', header: (tag) => tag.replaceAll('"', ''), status: 200 },
  { why: 'nothing', header: () => '', status: 200 },
]

test.for(KNOWN)('a caller that knows $why is answered $status', async ({ header, status }) => {
  const { tag } = await read(`/monitors/${monitor}`)
  expect((await read(`/monitors/${monitor}`, header(tag ?? ''))).status).toBe(status)
})

test('what was changed has another tag and is sent', async () => {
  const before = await read(`/monitors/${monitor}`)
  await api.call('PATCH', `/monitors/${monitor}`, { json: { metadata: { changed: 'yes' } } })
  const after = await read(`/monitors/${monitor}`, before.tag ?? '')
  expect(after.status).toBe(200)
  expect(after.tag).not.toBe(before.tag)
  expect(JSON.parse(after.text)).toMatchObject({ metadata: { changed: 'yes' } })
})

test('HEAD carries the tag of the GET and is 304 likewise', async () => {
  const { tag } = await read('/groups')
  expect(await read('/groups', undefined, 'HEAD')).toMatchObject({ status: 200, tag, text: '' })
  expect((await read('/groups', tag ?? '', 'HEAD')).status).toBe(304)
})

test('a tag opens nothing: key, scope and existence are looked at first', async () => {
  const conditional = { headers: { 'If-None-Match': '*' } }
  expectProblem(await api.call('GET', '/monitors', { ...conditional, key: null }), 401, 'no_key')
  expectProblem(await api.call('GET', '/keys', { ...conditional, key: READER }), 403, 'missing_scope')
  expectProblem(await api.call('GET', '/monitors/mon_01h455vb4pex5vsknk084sn02q', conditional), 404, 'not_found')
})

test('writes and probes carry no tag', async () => {
  const write = await api.call('POST', `/monitors/${monitor}/disable`)
  const probe = await api.call('GET', '/healthz', { key: null })
  expect([write.headers.get('etag'), probe.headers.get('etag')]).toEqual([null, null])
})
