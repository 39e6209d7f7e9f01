/**
 * One object of each kind, so that requests reach what is behind the ids; and whoever is let in.
 *
 * Requests delete and change them all the time: `keep` makes anew what went, and takes away what piled up.
 */
import { type Forms, readForms } from './forms.ts'
import type { Known } from './placeholders.ts'

export interface World {
  readonly known: Known
  readonly forms: Forms
  /** One at a time. Rejects when something went again before all was there. */
  keep(): Promise<void>
}

export interface WorldOptions {
  readonly origin: string
  /** An admin key that no request can name, so that none revokes it. */
  readonly key: string
  /** Where webhooks may be delivered to. */
  readonly receiver: string
}

interface Reply {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape
  readonly body: any
}

type Call = (method: string, path: string, json?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Reply>

export async function openWorld(options: WorldOptions): Promise<World> {
  const call = callerOf(options)
  const host = new URL(options.origin).host
  const known = { admin: options.key, origin: options.origin, host } as Keeper['known']
  const keeper = { ...options, call, must: mustOf(call), known }
  await keep(keeper)
  const { body: entrance } = await call('GET', '/app/sign-in')
  const [, version = '', name = ''] = /\/app\/assets\/([^/"]+)\/([^/"]+)/.exec(entrance) ?? []
  Object.assign(known, { version, name })
  const read = async (address: string): Promise<string> => {
    const { body } = await call('GET', address, undefined, { Cookie: known.cookie })
    return typeof body === 'string' ? body : ''
  }
  const forms = await readForms(read, known)
  return { known, forms, keep: () => keep(keeper) }
}

let asked = 0

/** Other addresses than the attackers', each for a few requests: those that try too many keys are kept out. */
function own(): Readonly<Record<string, string>> {
  asked += 1
  return { 'Content-Type': 'application/json', 'X-Forwarded-For': `198.51.${100 + (asked % 100)}.${asked % 251}` }
}

function callerOf({ origin, key }: WorldOptions): Call {
  return async (method, path, json, headers = { 'X-API-Key': key }) => {
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    const response = await fetch(origin + path, {
      method,
      headers: { ...own(), ...headers },
      ...body,
      redirect: 'manual',
    })
    // A stream has no end.
    const isStream = response.headers.get('content-type')?.includes('event-stream') === true
    if (isStream) await response.body?.cancel()
    const text = isStream ? '' : await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
}

function mustOf(call: Call): Must {
  return async (...asked) => {
    const reply = await call(...asked)
    if (reply.status < 300) return reply.body
    throw new Error(`${asked[0]} ${asked[1]}: ${reply.status} ${JSON.stringify(reply.body)}`)
  }
}

type Must = (
  method: string,
  path: string,
  json?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Reply['body']>

interface Keeper extends WorldOptions {
  readonly call: Call
  /** The body of a success. */
  readonly must: Must
  /** `told`: the webhook that the latest event went to. */
  readonly known: Record<keyof Known | 'told', string>
}

const GROUP = 'shown'
const SPARE = 'spare'
const DOMAIN = 'entri.example'
const MONITOR = {
  domain: 'hostile.example',
  record_type: 'A',
  expected_value: '192.0.2.1',
  group: GROUP,
  is_active: true,
}

async function keep(keeper: Keeper): Promise<void> {
  await keepGroup(keeper)
  await keepWebhook(keeper)
  await keepMonitor(keeper)
  await keepKeys(keeper)
  await keepApplication(keeper)
  await keepSession(keeper)
  for (const list of ['monitors', 'webhooks', 'groups', 'entri/applications']) await tidy(keeper, list)
}

async function keepGroup({ call, must, known }: Keeper): Promise<void> {
  Object.assign(known, { group: GROUP, spare_group: SPARE })
  const there = await call('PATCH', `/groups/${GROUP}`, { is_public: true })
  if (there.status !== 200) await must('POST', '/groups', { slug: GROUP, is_public: true })
  const spare = await call('GET', `/groups/${SPARE}`)
  if (spare.status !== 200) await must('POST', '/groups', { slug: SPARE })
}

/** Delivered to the receiver, whatever was made of it. */
async function keepWebhook({ call, must, known, receiver }: Keeper): Promise<void> {
  const { body } = await call('GET', `/webhooks/${known.webhook}`)
  if (body.url === receiver && body.is_active && body.all_groups && body.format === 'dnsradar') return
  if (body.uuid !== undefined) await call('DELETE', `/webhooks/${body.uuid}`)
  known.webhook = (await must('POST', '/webhooks', { url: receiver, all_groups: true })).uuid
}

/** It never matches, so its first look is an event, and the event a request of the webhook that is there. */
async function keepMonitor({ call, must, known }: Keeper): Promise<void> {
  known.external_id = 'order-7'
  if (known.told !== known.webhook && known.monitor !== undefined) await call('DELETE', `/monitors/${known.monitor}`)
  known.told = known.webhook
  const { uuid } = await must('PUT', `/monitors/by-key/${known.external_id}`, MONITOR)
  if (uuid !== known.monitor) await must('POST', `/monitors/${uuid}/check`)
  known.monitor = uuid
  const [event] = (await must('GET', `/monitors/${uuid}/events?limit=1`)).data
  const { data: requests } = await must('GET', `/webhooks/${known.webhook}/requests?limit=20`)
  const request = requests.find(
    ({ kind, status }: Record<string, string>) => kind === 'event' && status === 'DELIVERED',
  )
  known.event = event?.uuid ?? 'evt_01h455vb4pex5vsknk084sn02q'
  known.request = request?.uuid ?? 'req_01h455vb4pex5vsknk084sn02q'
}

async function keepKeys({ must, known }: Keeper): Promise<void> {
  const { data } = await must('GET', '/keys?limit=100&order_way=desc')
  const isThere = data.some(({ uuid }: { uuid: string }) => uuid === known.key)
  if (!isThere) known.key = (await must('POST', '/keys', { name: 'to be revoked' })).uuid
  known.writer ??= (await must('POST', '/keys', { name: 'writer', scopes: ['write'] })).key
  known.reader ??= (await must('POST', '/keys', { name: 'reader', scopes: ['read'] })).key
}

async function keepApplication({ call, must, known, receiver }: Keeper): Promise<void> {
  const as = () => ({ applicationId: known.application_id, Authorization: `Bearer ${known.token}` })
  known.domain_name = DOMAIN
  const status = known.token === undefined ? 401 : (await call('GET', '/monitor/status', undefined, as())).status
  if (status !== 200) {
    const made = await must('POST', '/entri/applications', { webhook_url: receiver })
    known.application = made.uuid
    known.application_id = made.application_id
    known.secret = made.secret
    const credentials = { applicationId: made.application_id, secret: made.secret }
    known.token = (await must('POST', '/token', credentials, {})).auth_token
    const domains = [{ domain: 'batch.example', dnsRecords: RECORDS }]
    known.request_id = (await must('POST', '/monitor/domains/batch', { domains }, as())).request_id
  }
  const domain = await call('GET', `/monitor/domains/${DOMAIN}`, undefined, as())
  if (domain.status !== 200) await must('POST', '/monitor/domains', { domain: DOMAIN, dnsRecords: RECORDS }, as())
}

const RECORDS = [{ type: 'A', host: '@', value: '192.0.2.1', ttl: 60 }]

async function keepSession({ call, known, key, origin }: Keeper): Promise<void> {
  const page = await call('GET', '/app', undefined, { Cookie: known.cookie ?? '' })
  if (page.status === 200) return
  const headers = { ...own(), Origin: origin, 'Content-Type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ key }).toString()
  const answer = await fetch(`${origin}/app/sign-in`, { method: 'POST', headers, body, redirect: 'manual' })
  const [cookie = ''] = answer.headers.getSetCookie()
  if (cookie === '') throw new Error(`nobody was signed in: ${answer.status}`)
  known.cookie = cookie.split(';', 1)[0] ?? ''
}

/** What requests made is taken away again when it is more than a page: else they would soon ask another server than before. */
async function tidy({ call, must, known }: Keeper, list: string): Promise<void> {
  const { data, has_more: more } = await must('GET', `/${list}?limit=100`)
  if (!more) return
  const kept = new Set(Object.values(known))
  for (const { uuid, slug } of data) {
    if (!kept.has(uuid) && !kept.has(slug)) await call('DELETE', `/${list}/${uuid}`)
  }
}
