/**
 * An application of the Entri dialect, the product it talks to, a name server whose records tests change, and the
 * webhook of the application; all on a clock that stands still until a test moves it.
 */
import type { WireEntriApplication, WireMonitor } from '@dnsradar/client'
import { expect, vi } from 'vitest'
import { createTestClock, type TestClock } from '../../../../test/harness/clock.ts'
import { type DnsServer } from '../../../../test/harness/dns-server.ts'
import { type Receiver, startReceiver } from '../../../../test/harness/webhook-receiver.ts'
import { statusesOf } from '../../src/entri/reference.ts'
import { ENTRI_ROUTES } from '../../src/entri/routes.ts'
import { EntriDelivery, Refusal } from '../../src/entri/schemas.ts'
import type { Overrides } from '../../src/index.ts'
import type { Api, Reply } from '../api.ts'
import { PATIENCE, SECOND, START } from '../times.ts'
import { startWatching } from '../watching.ts'

export { HOUR, MINUTE, PATIENCE, SECOND, START } from '../times.ts'

export const RIGHT = '192.0.2.1'
export const WRONG = '192.0.2.66'

export interface Asked {
  readonly json?: unknown
  readonly raw?: string
  readonly token?: string | null
  readonly applicationId?: string | null
}

export interface Dialect extends AsyncDisposable {
  readonly api: Api
  readonly dns: DnsServer
  readonly receiver: Receiver
  readonly clock: TestClock
  readonly application: WireEntriApplication & { readonly secret: string }
  /** Every answer is held to the dialect's own description. */
  call(method: string, path: string, asked?: Asked): Promise<Reply>
  /** The body of a success. */
  ok(method: string, path: string, json?: unknown): Promise<Reply['body']>
  token(application?: { readonly application_id: string; readonly secret?: string }): Promise<string>
  newApplication(json?: object): Promise<WireEntriApplication & { readonly secret: string }>
  /** The native monitors of a domain, in the order in which they were declared. */
  monitors(domain: string): Promise<readonly WireMonitor[]>
  /** A domain with these hosts (`@`, `www`), each an A record that is as declared and was looked at. */
  healthy(domain: string, hosts: readonly string[]): Promise<void>
  /** Changes the A record of a host, or takes it away, and looks at it. */
  become(domain: string, host: string, state: 'right' | 'wrong' | 'gone'): Promise<void>
  /** The webhook's deliveries once there are so many, and nothing waits any more. */
  told(count: number): Promise<readonly Reply['body'][]>
}

export const anA = (host: string, value = RIGHT, ttl = 3600) => ({ type: 'A', host, value, ttl })

export async function startDialect(
  settings: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
  start = START,
): Promise<Dialect> {
  await using stack = new AsyncDisposableStack()
  const clock = createTestClock(start)
  const receiver = stack.use(await startReceiver())
  const { api, dns, ...watching } = stack.use(
    await startWatching({ DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1', ...settings }, { clock, random: () => 0, ...overrides }),
  )
  stack.defer(() => watching[Symbol.asyncDispose]())
  const held = stack.move()

  async function newApplication(json: object = {}) {
    const reply = await api.call('POST', '/entri/applications', { json })
    expect({ status: reply.status, says: reply.body.detail }).toMatchObject({ status: 201 })
    return reply.body
  }
  const application = await newApplication({ webhook_url: receiver.url })
  const post = (path: string, json: unknown) => send('POST', api.address + path, { json })

  async function token({ application_id, secret }: { application_id: string; secret?: string } = application) {
    const reply = await post('/token', { applicationId: application_id, secret })
    expect({ status: reply.status, says: reply.body.message }).toMatchObject({ status: 200 })
    return reply.body.auth_token as string
  }

  const dialect: Dialect = {
    api,
    dns,
    receiver,
    clock,
    application,
    token,
    newApplication,
    async call(method, path, { json, raw, ...given } = {}) {
      const bearer = given.token === undefined ? await token() : given.token
      const id = given.applicationId === undefined ? application.application_id : given.applicationId
      const headers = {
        ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(id === null ? {} : { applicationId: id }),
      }
      const reply = await send(method, api.address + path, { json, raw, headers })
      expectDescribed(method, path, reply)
      return reply
    },
    async ok(method, path, json) {
      const reply = await dialect.call(method, path, { json })
      expect({ status: reply.status, says: reply.body.message, errors: reply.body.errors }).toMatchObject({
        status: 200,
      })
      return reply.body
    },
    async monitors(domain) {
      return (await api.call('GET', `/monitors?domain=${domain}&limit=100`)).body.data
    },
    async healthy(domain, hosts) {
      for (const host of hosts) dns.set(nameOf(domain, host), 'A', [RIGHT], 0)
      await dialect.ok('POST', '/monitor/domains', { domain, dnsRecords: hosts.map((host) => anA(host)) })
      await vi.waitFor(
        async () =>
          expect(await dialect.ok('GET', `/monitor/domains/${domain}`)).toMatchObject({ monitor_status: 'success' }),
        PATIENCE,
      )
    },
    async become(domain, host, state) {
      const name = nameOf(domain, host)
      if (state === 'gone') dns.remove(name, 'A')
      else dns.set(name, 'A', [state === 'right' ? RIGHT : WRONG], 0)
      await clock.advance(SECOND)
      const subdomain = host === '@' ? null : host
      const monitor = (await dialect.monitors(domain)).find((one) => one.subdomain === subdomain)
      const checked = await api.call('POST', `/monitors/${monitor?.uuid}/check`)
      expect(checked.body.state).toBe(state === 'right' ? 'VALID' : state === 'wrong' ? 'MISMATCH' : 'NOT_FOUND')
    },
    async told(count) {
      const hook = (await api.call('GET', '/webhooks?source=entri')).body.data[0]
      await vi.waitFor(
        async () => expect((await api.call('GET', `/webhooks/${hook.uuid}`)).body).toMatchObject({ pending: 0 }),
        PATIENCE,
      )
      const bodies = receiver.requests.map(({ body }) => JSON.parse(body))
      expect(bodies.map(({ type, domain, subdomain }) => ({ type, domain, subdomain }))).toHaveLength(count)
      for (const body of bodies) expect(EntriDelivery.safeParse(body).error?.issues ?? []).toEqual([])
      return bodies
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
  return dialect
}

export function nameOf(domain: string, host: string): string {
  return host === '@' ? domain : `${host}.${domain}`
}

export async function send(
  method: string,
  url: string,
  { json, raw, headers = {} }: { json?: unknown; raw?: string | undefined; headers?: Record<string, string> },
): Promise<Reply> {
  const body = json === undefined ? raw : JSON.stringify(json)
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const response = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** The status is one that the route documents, and the body exactly what is documented for it. */
function expectDescribed(method: string, path: string, { status, body }: Reply): void {
  if (status !== 200) expect(Refusal.safeParse(body).error?.issues ?? []).toEqual([])
  const [plain = ''] = path.split('?')
  const rows = ENTRI_ROUTES.filter((row) => new RegExp(`^${row.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(plain))
  const row = rows.find((one) => one.method === method)
  if (row === undefined) return expect([404, 405]).toContain(status)
  if (status === 200) expect(row.response.safeParse(body).error?.issues ?? []).toEqual([])
  else expect(statusesOf(row)).toContain(status)
}
