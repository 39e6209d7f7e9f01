/** What holds for every page: nothing runs in it but our own files, and whatever it shows is text. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PAGES } from '../../src/dashboard/pages/index.ts'
import { type Api, startApi } from '../api.ts'
import { visit, type Visitor } from './visitor.ts'

const MARKUP = '"><img src=x onerror=alert(1)><script>alert(2)</script>\'&amp;<!--'

let api: Api
let visitor: Visitor
let ids: Readonly<Record<string, string>>

beforeAll(async () => {
  api = await startApi({ DNSRADAR_INSTANCE_NAME: `Radar ${MARKUP}` })
  const { body: monitor } = await api.call('POST', '/monitors', {
    json: {
      full_domain: 'example.com',
      record_type: 'TXT',
      expected_value: MARKUP,
      metadata: { [MARKUP]: MARKUP },
      external_id: '"><script>',
    },
  })
  const { body: webhook } = await api.call('POST', '/webhooks', {
    json: { url: `https://hooks.example.com/?${encodeURIComponent(MARKUP)}` },
  })
  await api.call('POST', '/groups', { json: { slug: 'hostile', name: MARKUP } })
  await api.call('PATCH', '/organization', { json: { name: MARKUP } })
  const { body: key } = await api.call('POST', '/keys', { json: { name: MARKUP } })
  const { body: request } = await api.call('POST', `/webhooks/${webhook.uuid}/test`)
  ids = { id: monitor.uuid, webhook: webhook.uuid, group: 'hostile', key: key.uuid, request: request.uuid }
  visitor = visit(api)
  await visitor.signIn()
})

afterAll(() => api[Symbol.asyncDispose]())

/** Of a path that is about something else than a monitor `id` is of that kind. */
function addressOf(path: string): string {
  const [, kind = ''] = path.split('/')
  const own: Readonly<Record<string, string | undefined>> = {
    webhooks: ids['webhook'],
    keys: ids['key'],
    groups: ids['group'],
  }
  return `/app${path.replaceAll(/:(\w+)/g, (_, name: string) => (name === 'id' ? own[kind] : undefined) ?? ids[name] ?? ids['id'] ?? '')}`
}

const paths = PAGES.filter(({ method }) => method === 'GET').map(({ path }) => path)

test.for(paths)(
  '%s is shown under a policy that lets nothing run but our own files, and holds nothing else',
  async (path) => {
    const page = await visitor.get(addressOf(path))
    expect(page.status).toBe(200)
    expectHarmless(page.html)
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('referrer-policy')).toBe('same-origin')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  },
)

test.for(paths)(
  '%s has one heading of the first level, a language, a title and a way to skip to its content',
  async (path) => {
    const { html } = await visitor.get(addressOf(path))
    expect(html.match(/<h1[ >]/g)).toHaveLength(1)
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/)
    expect(html).toMatch(/<title>[^<]+<\/title>/)
    expect(html).toContain('<a class="skip" href="#content">')
    expect(html).toContain('<main id="content"')
  },
)

test.for(paths)('%s answers HEAD with the same headers and nothing more', async (path) => {
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const head = await fetch(api.address + addressOf(path), { method: 'HEAD', headers: { Cookie: cookie } })
  expect(head.status).toBe(200)
  expect(await head.text()).toBe('')
})

/** No script but from a file, no style, no handler, and no markup that a value brought. */
function expectHarmless(html: string): void {
  expect(html).not.toMatch(/<script(?![^>]* src="\/app\/assets\/)/i)
  expect(html).not.toMatch(/<style|<img|<iframe|<object|<embed|<base|javascript:/i)
  for (const [tag] of html.matchAll(/<[a-z][^>]*>/gi)) {
    const bare = tag.slice(1).replaceAll(/"[^"]*"/g, '""')
    expect(bare).not.toMatch(/\s(on\w+|style|srcdoc)\s*=/i)
    expect(bare).not.toMatch(/['<`]/)
  }
}

test('a page that there is not says so and leads back', async () => {
  const page = await visitor.get('/app/nonsense/<script>')
  expect(page.status).toBe(404)
  expectHarmless(page.html)
  expect(page.html).toContain('href="/app"')
})

test.for(['/app/monitors/mon_nonsense', '/app/monitors/%00', '/app/monitors/%E0%A4%A', '/app/monitors/nothing/edit'])(
  'something that there is not says so: %s',
  async (path) => {
    const page = await visitor.get(path)
    expect(page.status).toBe(404)
    expect(page.text).toContain('There is nothing here')
  },
)

test.for([
  '?state=NONSENSE',
  '?after=nonsense',
  '?record_type=<script>',
  '?is_active=perhaps',
  '?group=%00',
  '?limit=7&x[__proto__]=1',
])('a list asked for with %s says what is not accepted, or leaves it out', async (query) => {
  const page = await visitor.get(`/app/monitors${query}`)
  expect([200, 400]).toContain(page.status)
  expectHarmless(page.html)
})

test('styles and scripts are kept for ever under an address that changes with them', async () => {
  const { html } = await visitor.get('/app')
  const files = [...html.matchAll(/(?:src|href)="(\/app\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) {
    const response = await fetch(api.address + file)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('content-type')).toMatch(/^(text\/css|text\/javascript|image\/svg\+xml)/)
  }
  const older = await fetch(api.address + (files[0] ?? '').replace(/assets\/[^/]+/, 'assets/older'))
  expect(older.headers.get('cache-control')).toBe('no-cache')
  expect((await fetch(`${api.address}/app/assets/x/..%2Fhtml.ts`)).status).toBe(404)
})

test('pages are counted by themselves: they use up nothing of what programs may ask, and end where those would', async () => {
  await using slow = await startApi({ DNSRADAR_RATE_LIMIT: '3' })
  const other = visit(slow)
  await other.signIn()
  for (let pages = 0; pages < 2; pages++) expect((await other.get('/app')).status).toBe(200)
  const refused = await other.get('/app')
  expect(refused.status).toBe(429)
  expect(refused.text).toContain('more than 3 pages for one API key per minute')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await slow.call('GET', '/me')).headers.get('x-ratelimit-remaining')).toBe('2')
})

test('a page that could not be made says so without its reason, under the id of the log', async () => {
  await using broken = await startApi()
  const other = visit(broken)
  await other.signIn()
  await broken.store[Symbol.asyncDispose]()
  const page = await other.get('/app')
  expect(page.status).toBe(500)
  expect(page.text).toContain('Something is broken here')
  expect(page.text).not.toMatch(/sqlite|database|Error/i)
})
