/** The API beside the name server that it asks: what the contract tests of monitors need. */
import { expect } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import type { Overrides } from '../src/index.ts'
import { type Api, type Reply, startApi } from './api.ts'

export interface Watching extends AsyncDisposable {
  readonly api: Api
  readonly dns: DnsServer
  /** POST /monitors; the monitor. */
  create(json: object): Promise<Reply['body']>
  /** A look now; the monitor and its `check`. */
  check(uuid: string): Promise<Reply['body']>
  read(uuid: string): Promise<Reply['body']>
  /** `old_state` and `new_state` of the monitor's events, oldest first. */
  changes(uuid: string): Promise<[oldState: string, newState: string][]>
}

export async function startWatching(
  settings: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
): Promise<Watching> {
  await using stack = new AsyncDisposableStack()
  const dns = stack.use(await startDnsServer())
  const upstream = { DNSRADAR_RESOLVERS: dns.address, DNSRADAR_DNS_TIMEOUT: '2s' }
  const api = stack.use(await startApi({ ...upstream, ...settings }, overrides))
  const held = stack.move()

  async function ask(status: number, method: string, path: string, json?: object): Promise<Reply['body']> {
    const reply = await api.call(method, path, { json })
    expect({ status: reply.status, detail: reply.body?.detail }).toMatchObject({ status })
    return reply.body
  }

  return {
    api,
    dns,
    create: (json) => ask(201, 'POST', '/monitors', json),
    check: (uuid) => ask(200, 'POST', `/monitors/${uuid}/check`),
    read: (uuid) => ask(200, 'GET', `/monitors/${uuid}`),
    async changes(uuid) {
      const { data } = await ask(200, 'GET', `/monitors/${uuid}/events?order_way=asc&limit=100`)
      return data.map((event: Record<string, string>) => [event['old_state'], event['new_state']])
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
