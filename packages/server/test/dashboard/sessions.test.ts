/** Signing in to the dashboard with an API key, and everything that ends a session. */
import { expect, test } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import { anyDatabase } from '../../../../test/harness/databases.ts'
import { startRadar } from '../../../../test/harness/radar.ts'
import { ADMIN, EXPIRED, READER, startApi } from '../api.ts'
import { visit } from './visitor.ts'

const COOKIE = 'dnsradar-session'

test('whoever signs in with an API key sees the overview, whose cookie no script and no other site can use', async () => {
  await using api = await startApi()
  const visitor = visit(api)
  expect(await visitor.get('/app')).toMatchObject({ status: 200, path: '/app/sign-in' })
  const page = await visitor.signIn()
  expect(page).toMatchObject({ status: 200, path: '/app' })
  expect(page.text).toContain('Nothing is watched yet')
  const answer = await send(api.address, ADMIN)
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^dnsradar-session=[\w-]{43}; Path=\/app; Max-Age=604800; HttpOnly; SameSite=Strict$/),
  ])
})

test('where the public address is https the cookie is for https only', async () => {
  await using api = await startApi({ DNSRADAR_PUBLIC_URL: 'https://radar.example.com' })
  const answer = await send(api.address, ADMIN)
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Secure-dnsradar-session=[\w-]{43}; .*; SameSite=Strict; Secure$/),
  ])
})

/** Without following. */
function send(address: string, key: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> {
  const body = new URLSearchParams({ key, ...fields })
  return fetch(`${address}/app/sign-in`, { method: 'POST', body, headers: { Origin: address }, redirect: 'manual' })
}

test('a page that was asked for before signing in is where one arrives', async () => {
  await using api = await startApi()
  const visitor = visit(api)
  const asked = await visitor.get('/app/monitors?state=VALID')
  expect(asked.path).toBe(`/app/sign-in?next=${encodeURIComponent('/app/monitors?state=VALID')}`)
  const [, next = ''] = /name="next" value="([^"]*)"/.exec(asked.html) ?? []
  const arrived = await visitor.post('/app/sign-in', { key: ADMIN, next })
  expect(arrived).toMatchObject({ status: 200, path: '/app/monitors?state=VALID' })
})

test.for([
  '//evil.example',
  'https://evil.example',
  '/app\\..\\evil',
  '/app/\r\nX: y',
  '/monitors',
  '/application',
  '',
])('nobody is led elsewhere: %j', async (next) => {
  await using api = await startApi()
  expect((await send(api.address, ADMIN, { next })).headers.get('location')).toBe('/app')
})

test.for([
  { why: 'not known', key: 'sk_unknown_and_<b>hostile</b>', status: 401, says: /not known here/ },
  { why: 'expired', key: EXPIRED, status: 401, says: /has expired/ },
  { why: 'left out', key: '', status: 401, says: /Type or paste an API key/ },
])('a key that is $why is refused with what to do, and is not repeated', async ({ key, status, says }) => {
  await using api = await startApi()
  const visitor = visit(api)
  const page = await visitor.signIn(key)
  expect(page.status).toBe(status)
  expect(page.text).toMatch(says)
  if (key !== '') expect(page.html).not.toContain(key.slice(0, 12))
  expect(visitor.cookies.size).toBe(0)
})

test('guessing is limited per address, also where requests of the API are not', async () => {
  await using api = await startApi({ DNSRADAR_RATE_LIMIT: '0' })
  const visitor = visit(api)
  for (let tries = 0; tries < 20; tries++) expect((await visitor.signIn('sk_guessed_this_one')).status).toBe(401)
  const refused = await visitor.signIn('sk_guessed_this_one')
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused.text).toMatch(/try again in \d+ s/)
})

test('a session dies with its key', async () => {
  await using api = await startApi()
  const made = await api.call('POST', '/keys', { json: { name: 'short', scopes: ['read'] } })
  const visitor = visit(api)
  expect((await visitor.signIn(made.body.key)).path).toBe('/app')
  await api.call('DELETE', `/keys/${made.body.uuid}`)
  expect((await visitor.get('/app')).path).toBe('/app/sign-in')
})

test('a session ends with the hour at which its key expires', async () => {
  const clock = createTestClock()
  await using api = await startApi({}, { clock })
  const expires = new Date(clock.now() + 3_600_000).toISOString()
  const made = await api.call('POST', '/keys', { json: { name: 'hour', scopes: ['read'], expires } })
  const visitor = visit(api)
  await visitor.signIn(made.body.key)
  await clock.advance(3_600_000 - 1)
  expect((await visitor.get('/app')).path).toBe('/app')
  await clock.advance(1)
  expect((await visitor.get('/app')).path).toBe('/app/sign-in')
})

test('after signing out the old cookie opens nothing', async () => {
  await using api = await startApi()
  const visitor = visit(api)
  await visitor.signIn()
  const kept = visitor.cookies.get(COOKIE) ?? ''
  expect((await visitor.post('/app/sign-out')).path).toBe('/app/sign-in')
  expect(visitor.cookies.has(COOKIE)).toBe(false)
  visitor.cookies.set(COOKIE, kept)
  expect((await visitor.get('/app')).path).toBe('/app/sign-in')
})

test('signing in again ends the session that was there, and gives another id', async () => {
  await using api = await startApi()
  const visitor = visit(api)
  await visitor.signIn()
  const first = visitor.cookies.get(COOKIE) ?? ''
  await visitor.signIn(READER)
  expect(visitor.cookies.get(COOKIE)).not.toBe(first)
  visitor.cookies.set(COOKIE, first)
  expect((await visitor.get('/app')).path).toBe('/app/sign-in')
})

test('a session outlives the process', async () => {
  await using database = await anyDatabase()
  const settings = { ...database.settings, DNSRADAR_API_KEY: ADMIN }
  let cookies = new Map<string, string>()
  {
    await using radar = await startRadar({ settings })
    const visitor = visit({ address: radar.url })
    await visitor.signIn()
    cookies = visitor.cookies
  }
  await using radar = await startRadar({ settings })
  const visitor = visit({ address: radar.url })
  for (const [name, value] of cookies) visitor.cookies.set(name, value)
  expect((await visitor.get('/app')).path).toBe('/app')
})

test('a link from another site, where browsers keep the cookie back, is followed once more from here', async () => {
  await using api = await startApi()
  const page = await visit(api).get('/app/monitors?q=x&state=VALID', { 'Sec-Fetch-Site': 'cross-site' })
  expect(page.status).toBe(200)
  expect(page.html).toContain('<meta http-equiv="refresh" content="0">')
  expect(page.html).toContain('href="/app/monitors?q=x&amp;state=VALID"')
})

test('people who open the address are led to the dashboard, and programs are told that there is nothing', async () => {
  await using api = await startApi()
  expect((await visit(api).get('/')).path).toBe('/app/sign-in')
  expect((await api.call('GET', '/')).status).toBe(404)
})

test('the stream is open to whoever is signed in, and to nobody else', async () => {
  await using api = await startApi()
  const visitor = visit(api)
  expect((await fetch(`${api.address}/app/stream`)).status).toBe(401)
  await visitor.signIn()
  const cookie = `${COOKIE}=${visitor.cookies.get(COOKIE)}`
  const stream = await fetch(`${api.address}/app/stream?types=event`, { headers: { Cookie: cookie } })
  expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  await stream.body?.cancel()
  const refused = await fetch(`${api.address}/app/stream?types=nonsense`, { headers: { Cookie: cookie } })
  expect(refused.status).toBe(400)
})
