/** Forms are taken from our own pages only. */
import { expect, test } from 'vitest'
import { ADMIN, READER, startApi } from '../api.ts'
import { visit } from './visitor.ts'

const PUBLIC = 'https://radar.example.com'

const foreign: readonly { why: string; headers: Readonly<Record<string, string | null>> }[] = [
  { why: 'another site', headers: { Origin: 'https://evil.example' } },
  { why: 'another port of this machine', headers: { Origin: 'http://127.0.0.1:1' } },
  { why: 'a page without an origin', headers: { Origin: 'null' } },
  { why: 'something that is no origin', headers: { Origin: '%%%' } },
  { why: 'another site whose browser names no origin', headers: { Origin: null, 'Sec-Fetch-Site': 'cross-site' } },
  { why: 'a sister site', headers: { Origin: null, 'Sec-Fetch-Site': 'same-site' } },
  { why: 'nobody knows where', headers: { Origin: null } },
]

test.for(foreign)('a form from $why is refused and nothing is done', async ({ headers }) => {
  await using api = await startApi()
  const visitor = visit(api)
  await visitor.signIn()
  const refused = await visitor.post('/app/monitors/new', NEW, headers)
  expect(refused.status).toBe(403)
  expect(refused.text).toContain('was not sent from a page of this dashboard')
  expect((await api.call('GET', '/summary')).body.total).toBe(0)
})

test('a proxy says how browsers call us when it is trusted, and only then', async () => {
  const headers = { Origin: PUBLIC, 'X-Forwarded-Host': 'radar.example.com', 'X-Forwarded-Proto': 'https' }
  await using trusting = await startApi({ DNSRADAR_TRUST_PROXY: '127.0.0.1' })
  const visitor = visit(trusting)
  await visitor.post('/app/sign-in', { key: ADMIN }, headers)
  expect([...visitor.cookies.keys()]).toEqual(['__Secure-dnsradar-session'])
  await using wary = await startApi()
  expect((await visit(wary).post('/app/sign-in', { key: ADMIN }, headers)).status).toBe(403)
})

test('nobody is signed in by a form of another site', async () => {
  await using api = await startApi()
  const visitor = visit(api)
  const refused = await visitor.post('/app/sign-in', { key: ADMIN }, { Origin: 'https://evil.example' })
  expect(refused.status).toBe(403)
  expect(visitor.cookies.size).toBe(0)
})

test.for([
  { why: 'a browser that names only how near it is', headers: { Origin: null, 'Sec-Fetch-Site': 'same-origin' } },
  { why: 'a browser behind a proxy, by the public address', headers: { Origin: PUBLIC } },
])('a form of ours is taken from $why', async ({ headers }) => {
  await using api = await startApi({ DNSRADAR_PUBLIC_URL: PUBLIC })
  const visitor = visit(api)
  const signedIn = await visitor.post('/app/sign-in', { key: ADMIN }, headers)
  expect(signedIn.path).toBe('/app')
})

test('a key that may only read is offered nothing else, and is refused what it asks for all the same', async () => {
  await using api = await startApi()
  const { body: monitor } = await api.call('POST', '/monitors', { json: { ...A_MONITOR } })
  const visitor = visit(api)
  await visitor.signIn(READER)
  for (const path of ['/app/monitors', `/app/monitors/${monitor.uuid}`]) {
    expect((await visitor.get(path)).html.match(/<form[^>]*method="post"/g)).toHaveLength(1)
  }
  const refusals = [
    await visitor.get('/app/monitors/new'),
    await visitor.post('/app/monitors/new', NEW),
    await visitor.post(`/app/monitors/${monitor.uuid}/delete`),
    await visitor.post('/app/monitors/bulk', { id: monitor.uuid, do: 'delete', sure: 'true', back: '/app/monitors' }),
  ]
  for (const refused of refusals) {
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('needs a key with scope write; this one has read')
  }
  expect((await api.call('GET', '/summary')).body.total).toBe(1)
})

test('what a page does is told in the audit as what the API does', async () => {
  await using api = await startApi()
  const visitor = visit(api)
  await visitor.signIn()
  await visitor.post('/app/monitors/new', NEW)
  const { body } = await api.call('GET', '/audit')
  expect(body.data[0]).toMatchObject({ action: 'monitor.create', object: expect.stringMatching(/^mon_/) })
})

const NEW = {
  full_domain: 'www.example.com',
  record_type: 'A',
  match: 'exact',
  expected_value: '192.0.2.1',
  do: 'create',
}
const A_MONITOR = { full_domain: 'www.example.com', record_type: 'A', expected_value: '192.0.2.1' }
