/** A second organization on the same server: one object of each kind, made through the API by an admin of its own. */
import { expect } from 'vitest'
import { hashKey } from '../src/http/auth.ts'
import type { Api } from './api.ts'
import { startWatching } from './watching.ts'

export interface Tenant {
  readonly key: string
  readonly ids: Ids
  /** What would give the tenant away in an answer to anybody else. */
  readonly names: readonly string[]
  /** All that it has, as it sees it itself; without the times at which something was last used or tried. */
  belongings(): Promise<unknown>
}

export type Kind = 'monitor' | 'event' | 'webhook' | 'request' | 'group' | 'key' | 'application'

export type Ids = Readonly<Record<Kind, string>>

/** Of objects that nobody has. */
export const ABSENT: Ids = {
  monitor: 'mon_01h455vb4pex5vsknk084sn02q',
  event: 'evt_01h455vb4pex5vsknk084sn02q',
  webhook: 'wh_01h455vb4pex5vsknk084sn02q',
  request: 'req_01h455vb4pex5vsknk084sn02q',
  group: 'grp_01h455vb4pex5vsknk084sn02q',
  key: 'key_01h455vb4pex5vsknk084sn02q',
  application: 'app_01h455vb4pex5vsknk084sn02q',
}

const SLUG = 'of-the-neighbours'
const DOMAIN = 'neighbours.example'

export interface Shared extends AsyncDisposable {
  readonly api: Api
  readonly neighbours: Tenant
}

/** The server of `startApi`, with the second organization on it. */
export async function startShared(settings: Readonly<Record<string, string>> = {}): Promise<Shared> {
  // A name server that knows none of the names: that is news as well, so there is an event.
  const watching = await startWatching({ DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1', ...settings })
  const { api } = watching
  return { api, neighbours: await moveIn(api), [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose]() }
}

async function moveIn(api: Api): Promise<Tenant> {
  const key = 'sk_admin_of_the_neighbours'
  const { id } = await api.store.accounts.createOrganization({ name: 'The neighbours', plan: 'unlimited' })
  await api.store.accounts.createKey(id, { hash: hashKey(key), name: 'theirs', scopes: ['admin'], expires: null })
  const ask = async (method: string, path: string, json?: object) => {
    const reply = await api.call(method, path, { key, json })
    expect({ method, path, says: reply.body?.detail }).toEqual({ method, path, says: undefined })
    return reply.body
  }
  const wish = { full_domain: `www.${DOMAIN}`, record_type: 'A', expected_value: '192.0.2.1', group: SLUG }
  const monitor = await ask('POST', '/monitors', wish)
  await ask('POST', `/monitors/${monitor.uuid}/check`)
  await ask('POST', `/monitors/${monitor.uuid}/disable`)
  const webhook = await ask('POST', '/webhooks', { url: `http://127.0.0.1:2/${DOMAIN}`, groups: [SLUG] })
  const request = await ask('POST', `/webhooks/${webhook.uuid}/test`)
  await ask('POST', `/webhooks/${webhook.uuid}/disable`)
  const application = await ask('POST', '/entri/applications', { application_id: SLUG })
  const made = await ask('POST', '/keys', { name: 'another of theirs', scopes: ['read'] })
  const list = async (path: string) => (await ask('GET', path)).data
  const [event] = await list(`/events?monitor=${monitor.uuid}`)
  const group = await ask('GET', `/groups/${SLUG}`)
  const lists = ['/monitors', '/events', '/groups', '/keys', '/entri/applications', '/audit', '/organization']
  return {
    key,
    ids: {
      monitor: monitor.uuid,
      event: event.uuid,
      webhook: webhook.uuid,
      request: request.uuid,
      group: group.uuid,
      key: made.uuid,
      application: application.uuid,
    },
    names: [SLUG, DOMAIN, 'The neighbours', 'theirs'],
    async belongings() {
      const all = await Promise.all(lists.map((path) => ask('GET', path)))
      const { url, groups, events, is_active } = await ask('GET', `/webhooks/${webhook.uuid}`)
      const requests: readonly { uuid: string }[] = await list(`/webhooks/${webhook.uuid}/requests`)
      const stable = JSON.stringify(all, (name, value: unknown) => (name === 'last_used' ? undefined : value))
      return {
        all: JSON.parse(stable),
        hook: { url, groups, events, is_active },
        sent: requests.map(({ uuid }) => uuid),
      }
    },
  }
}
