/** The real application on a free port of loopback with an empty database, and requests written as data. */
import { createMint, type OrganizationId, type Store } from '@dnsradar/core'
import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { accompany } from '../../../test/harness/clock.ts'
import { passingDatabase } from '../../../test/harness/databases.ts'
import { expectDescribed } from '../../../test/harness/described.ts'
import { freePort } from '../../../test/harness/free-port.ts'
import { type Overrides, readConfig, startServer } from '../src/index.ts'
import { hashKey } from '../src/http/auth.ts'

export const ADMIN = 'sk_admin_of_the_contract_tests'
export const WRITER = 'sk_writer_of_the_contract_tests'
export const READER = 'sk_reader_of_the_contract_tests'
export const EXPIRED = 'sk_expired_of_the_contract_tests'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** Parsed; undefined when there was none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the tests look into answers of every shape
  readonly body: any
}

export interface Ask {
  /** Null sends none. */
  readonly key?: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly raw?: string | Uint8Array
  readonly type?: string
}

export interface Api extends AsyncDisposable {
  readonly address: string
  readonly store: Store
  readonly orgId: OrganizationId
  /** An organization beside the one that the keys belong to. */
  readonly otherOrgId: OrganizationId
  call(method: string, path: string, ask?: Ask): Promise<Reply>
}

/** Monitors are never answered, unless the settings name a resolver that is there. */
export async function startApi(
  settings: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
): Promise<Api> {
  const database = settings['DATABASE_URL'] === undefined ? await passingDatabase() : null
  const { config } = readConfig({
    PORT: '0',
    ...database?.settings,
    DNSRADAR_API_KEY: ADMIN,
    DNSRADAR_RESOLVERS: `127.0.0.1:${await freePort()}`,
    DNSRADAR_DNS_TIMEOUT: '200ms',
    DNSRADAR_CONFIRM: '0',
    DNSRADAR_LOG: 'silent',
    // Most tests ask more than a person would.
    DNSRADAR_RATE_LIMIT: '0',
    ...settings,
  })
  const server = await startServer(config, overrides)
  const leave = accompany(overrides.clock, config.databaseUrl)
  const { store, address } = server
  if (address === null) throw new Error('these settings do not serve the API')
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const key = (clear: string, scope: 'read' | 'write', expires: number | null = null) =>
    store.accounts.createKey(organization.id, { hash: hashKey(clear), name: scope, scopes: [scope], expires })
  await Promise.all([key(WRITER, 'write'), key(READER, 'read'), key(EXPIRED, 'read', 1)])
  const otherOrgId = createMint(Date.now, randomBytes)('org')
  return {
    address,
    store,
    orgId: organization.id,
    otherOrgId,
    call: (method, path, ask = {}) => call(address, method, path, ask),
    async [Symbol.asyncDispose]() {
      leave()
      await server.close()
    },
  }
}

async function call(address: string, method: string, path: string, ask: Ask): Promise<Reply> {
  const key = ask.key === undefined ? ADMIN : ask.key
  const body = ask.json === undefined ? ask.raw : JSON.stringify(ask.json)
  const type = ask.type ?? (body === undefined ? undefined : 'application/json')
  const response = await fetch(address + path, {
    method,
    headers: {
      ...(key === null ? {} : { 'X-API-Key': key }),
      ...(type === undefined ? {} : { 'Content-Type': type }),
      ...ask.headers,
    },
    ...(body === undefined ? {} : { body: body as string }),
    redirect: 'manual',
  })
  const text = await textOf(response)
  const reply = { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  expectDescribed(method, path, reply)
  return reply
}

/** A stream has no end to wait for: that it was opened is all that is read of it here. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'text/event-stream; charset=utf-8') return response.text()
  await response.body?.cancel()
  return ''
}

/** A refusal: its status, code, the fields it names, and the form that all refusals have. */
export function expectProblem(
  reply: Reply,
  status: number,
  code: string,
  fields?: Readonly<Record<string, RegExp>>,
): void {
  expect({ status: reply.status, code: reply.body?.code }).toEqual({ status, code })
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(reply.body).toMatchObject({
    type: `urn:dnsradar:problem:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.stringMatching(/^\//),
    request_id: reply.headers.get('x-request-id'),
  })
  for (const [field, says] of Object.entries(fields ?? {})) {
    expect(Object.keys(reply.body.errors ?? {})).toContain(field)
    expect(reply.body.errors[field]).toMatch(says)
  }
}

export const A_MONITOR = { domain: 'example.com', subdomain: 'www', record_type: 'A', expected_value: '192.0.2.1' }
