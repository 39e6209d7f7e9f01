/** Who may open which page and send which form: over the whole table of the dashboard. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PAGES } from '../../src/dashboard/pages/index.ts'
import { createLog } from '../../src/log.ts'
import { ADMIN, type Api, READER, startApi, WRITER } from '../api.ts'
import { ABSENT, type Ids, type Kind, type Shared, startShared, type Tenant } from '../tenant.ts'
import { type Fields, visit, type Visitor } from './visitor.ts'

let shared: Shared
let api: Api
let neighbours: Tenant
let own: Ids
let admin: Visitor
let writer: Visitor
let reader: Visitor
beforeAll(async () => {
  shared = await startShared()
  ;({ api, neighbours } = shared)
  own = await objectsOfOurs(api)
  const signedIn = async (key: string): Promise<Visitor> => {
    const visitor = visit(api)
    await visitor.signIn(key)
    return visitor
  }
  ;[admin, writer, reader] = await Promise.all([signedIn(ADMIN), signedIn(WRITER), signedIn(READER)])
})
afterAll(() => shared[Symbol.asyncDispose]())

/** `:id` stands for an object of the path's own kind. */
const OWN_KINDS: Readonly<Record<string, Kind>> = { monitors: 'monitor', webhooks: 'webhook', keys: 'key' }

function fill(path: string, ids: Ids): string {
  const [, room = ''] = path.split('/')
  return `/app${path.replaceAll(/:(\w+)/g, (_, name: string) => ids[(name === 'id' ? OWN_KINDS[room] : name) as Kind])}`
}

/** Fields that would do what the form is for, where it needs any. */
const FIELDS: Readonly<Record<string, (ids: Ids) => Fields>> = {
  '/monitors/new': () => ({
    full_domain: 'new.example.com',
    record_type: 'A',
    expected_value: '192.0.2.1',
    do: 'create',
  }),
  '/monitors/preview': () => ({ full_domain: 'new.example.com', record_type: 'A', expected_value: '192.0.2.1' }),
  '/monitors/bulk': ({ monitor }) => ({ id: monitor, do: 'delete', sure: 'true', back: '/app/monitors' }),
  '/monitors/:id/edit': () => ({ full_domain: 'other.example.com', record_type: 'A', expected_value: '192.0.2.9' }),
  '/groups/new': () => ({ slug: 'made', name: 'Made' }),
  '/groups/:group': () => ({ slug: 'renamed', name: 'Renamed' }),
  '/groups/:group/public': () => ({ is_public: 'true' }),
  '/groups/:group/monitors': () => ({ is_active: 'false' }),
  '/webhooks/new': () => ({ url: 'http://127.0.0.1:2/made', all_groups: 'true' }),
  '/webhooks/:id/edit': () => ({ url: 'http://127.0.0.1:2/edited', all_groups: 'true' }),
  '/webhooks/:id/recover': () => ({ since: '2026-01-01T00:00' }),
  '/webhooks/:id/rotate-secret': () => ({ overlap_seconds: '0' }),
  '/keys/new': () => ({ name: 'made', scope: 'admin' }),
  '/settings': () => ({ name: 'Renamed' }),
}

const rows = PAGES.map(({ method, path, needs }) => ({ method, path, needs: needs ?? 'read' }))
const forms = rows.filter(({ method }) => method === 'POST')
const ofObjects = rows.filter(({ path }) => path.includes(':'))

/** A page, or what a form is answered, without following. */
async function ask(
  { method, path }: Pick<(typeof rows)[number], 'method' | 'path'>,
  ids: Ids,
  visitor: Visitor | null,
  headers: Readonly<Record<string, string>> = { Origin: api.address },
): Promise<Response> {
  const cookie = [...(visitor?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  const fields = FIELDS[path]?.(ids) ?? {}
  const body = new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
  )
  return fetch(api.address + fill(path, ids), {
    method,
    redirect: 'manual',
    headers: { Accept: 'text/html', Cookie: cookie, ...headers },
    ...(method === 'POST' ? { body } : {}),
  })
}

/** Everything that a form could change, as an admin sees it. */
async function stateOf(): Promise<unknown> {
  const { webhook } = own
  const paths = ['/monitors', '/groups', '/keys', '/organization', '/audit', `/webhooks/${webhook}/requests`]
  const seen = await Promise.all(paths.map(async (path) => (await api.call('GET', path)).body))
  const { body: webhooks } = await api.call('GET', '/webhooks')
  const hooks = webhooks.data.map(({ uuid, url, is_active }: Record<string, unknown>) => ({ uuid, url, is_active }))
  const volatile = ['last_used', 'last_checked', 'next_check', 'attempts', 'status', 'next_attempt', 'last_attempt']
  return JSON.parse(
    JSON.stringify([seen, hooks], (name, value: unknown) => (volatile.includes(name) ? undefined : value)),
  )
}

async function expectNothingDone(act: () => Promise<void>): Promise<void> {
  const before = await stateOf()
  await act()
  expect(await stateOf()).toEqual(before)
}

describe.for(rows)('$method $path', (row) => {
  test('is for who is signed in', async () => {
    await expectNothingDone(async () => {
      const answer = await ask(row, own, null)
      expect(answer.status).toBe(303)
      expect(answer.headers.get('location')).toMatch(/^\/app\/sign-in(\?next=%2Fapp%2F|$)/)
    })
  })

  test('is not for a cookie that somebody made up', async () => {
    const stranger = visit(api)
    stranger.cookies.set('dnsradar-session', 'A'.repeat(43))
    expect((await ask(row, own, stranger)).headers.get('location')).toMatch(/^\/app\/sign-in/)
  })

  test('needs its scope and no more', async () => {
    await expectNothingDone(async () => {
      const byReader = await ask(row, row.needs === 'read' ? ABSENT : own, reader)
      expect(byReader.status === 403).toBe(row.needs !== 'read')
      if (row.needs === 'admin') expect((await ask(row, own, writer)).status).toBe(403)
    })
  })
})

test('one form alone is sent by who may only read, and it only shows what would be', () => {
  expect(forms.filter(({ needs }) => needs === 'read').map(({ path }) => path)).toEqual(['/monitors/preview'])
})

describe.for(forms)('the form $path', (row) => {
  test.for([
    { why: 'another site', headers: { Origin: 'https://evil.example' } },
    { why: 'a page without an origin', headers: { Origin: 'null' } },
    { why: 'a sister site', headers: { 'Sec-Fetch-Site': 'same-site' } },
    { why: 'nobody knows where', headers: {} },
  ])('is refused from $why', async ({ headers }) => {
    await expectNothingDone(async () => {
      const answer = await ask(row, own, admin, headers)
      expect(answer.status).toBe(403)
      expect(await answer.text()).toContain('was not sent from a page of this dashboard')
    })
  })
})

describe.for(ofObjects)('$method $path', (row) => {
  test('about an object of another organization says what it says of none', async () => {
    const theirs = await ask(row, neighbours.ids, admin)
    const nobodys = await ask(row, ABSENT, admin)
    expect([theirs.status, nobodys.status]).toEqual([404, 404])
    const text = await theirs.text()
    for (const name of neighbours.names) expect(text).not.toContain(name)
  })
})

describe('fields that name an object of another organization', () => {
  const cases: { why: string; path: string; fields: (theirs: Ids) => Fields; says: RegExp }[] = [
    ...['check', 'enable', 'disable', 'delete'].map((action) => ({
      why: `their monitor among those to ${action}`,
      path: '/app/monitors/bulk',
      fields: ({ monitor }: Ids): Fields => ({ id: monitor, do: action, sure: 'true', back: '/app/monitors' }),
      says: /0 monitors .* 1 was refused/,
    })),
    {
      why: 'their group to move a monitor to',
      path: '/app/monitors/bulk',
      fields: ({ group }) => ({ id: own.monitor, do: 'move', to: group, back: '/app/monitors' }),
      says: /0 monitors moved. 1 was refused/,
    },
    {
      why: 'their group for a new monitor',
      path: '/app/monitors/new',
      fields: ({ group }) => ({ ...FIELDS['/monitors/new']?.(ABSENT), group }),
      says: /group/,
    },
    {
      why: 'their group for a new webhook',
      path: '/app/webhooks/new',
      fields: ({ group }) => ({ url: 'http://127.0.0.1:2/made', groups: group }),
      says: /group/,
    },
  ]
  test.for(cases)('are refused: $why', async ({ path, fields, says }) => {
    await expectNothingDone(async () => {
      const page = await admin.post(path, fields(neighbours.ids))
      expect(page.text).toMatch(says)
      for (const name of neighbours.names) expect(page.html).not.toContain(name)
    })
  })
})

test('after all this the other organization has what it had', async () => {
  await using fresh = await startShared()
  const before = await fresh.neighbours.belongings()
  const visitor = visit(fresh.api)
  await visitor.signIn()
  for (const { method, path } of ofObjects) {
    const at = fill(path, fresh.neighbours.ids)
    await (method === 'GET' ? visitor.get(at) : visitor.post(at, FIELDS[path]?.(fresh.neighbours.ids)))
  }
  for (const action of ['check', 'enable', 'disable', 'move', 'delete']) {
    const { monitor, group } = fresh.neighbours.ids
    await visitor.post('/app/monitors/bulk', { id: monitor, do: action, to: group, sure: 'true', back: '/app' })
  }
  expect(await fresh.neighbours.belongings()).toEqual(before)
})

test('a form of more fields than any of ours is refused, and neither it nor a key in it is in the log', async () => {
  const lines: string[] = []
  const log = createLog('debug', { write: (line) => lines.push(line) })
  await using watched = await startApi({}, { log })
  const fields = {
    key: 'sk_typed_into_the_form',
    ...Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [n, ''])),
  }
  const page = await visit(watched).post('/app/sign-in', fields)
  expect(page.status).toBe(413)
  expect(page.text).toContain('more than 1000 fields')
  expect(lines.join('')).toContain('/app/sign-in')
  expect(lines.join('')).not.toContain('sk_typed')
})

/** One of each kind, and none that is looked at or sent meanwhile. */
async function objectsOfOurs(server: Api): Promise<Ids> {
  const make = async (path: string, json?: object): Promise<string> => {
    const { body } = await server.call('POST', path, { json })
    expect({ path, says: body.detail }).toEqual({ path, says: undefined })
    return body.uuid
  }
  const wish = { full_domain: 'ours.example.com', record_type: 'A', expected_value: '192.0.2.1', is_active: false }
  const monitor = await make('/monitors', wish)
  const webhook = await make('/webhooks', { url: 'http://127.0.0.1:2/ours' })
  const request = await make(`/webhooks/${webhook}/test`)
  await server.call('POST', `/webhooks/${webhook}/disable`)
  const group = await make('/groups', { slug: 'ours' })
  const key = await make('/keys', { name: 'ours', scopes: ['read'] })
  return { ...ABSENT, monitor, webhook, request, group, key }
}
