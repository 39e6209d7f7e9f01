/**
 * An installation that has been running for a month: customers' records that broke and healed, a receiver that was
 * down, and one that gave up. The clock is moved by hand, so a month takes seconds.
 */
import type { ServerResponse } from 'node:http'
import type { NewMonitorInput, WireMonitorDetail } from '@dnsradar/client'
import { createTestClock, type TestClock } from '../harness/clock.ts'
import type { DnsServer } from '../harness/dns-server.ts'
import { type Radar, startRadar } from '../harness/radar.ts'
import type { ReceivedRequest } from '../harness/webhook-receiver.ts'

export interface Scene extends AsyncDisposable {
  readonly radar: Radar
  /** Addresses of pages by the name of their picture. */
  readonly pages: Readonly<Record<string, string>>
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const SPF = 'v=spf1 include:_spf.google.com include:sendgrid.net -all'
const OTHER_SPF = 'v=spf1 include:_spf.google.com include:mailgun.org ~all'
const SHORT_SPF = 'v=spf1 include:_spf.google.com ~all'
const PLATFORM = 'shops.platform.example'
const SERVFAIL = { kind: 'rcode', rcode: 2 } as const
const REFUSED = { kind: 'rcode', rcode: 5 } as const
const DMARC = 'v=DMARC1; p=reject; rua=mailto:dmarc@acme.example'

interface Watched {
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'MX' | 'TXT' | 'CNAME' | 'NS' | 'CAA'
  readonly zone: readonly string[]
  readonly input: Partial<NewMonitorInput>
}

const RECORDS: readonly Watched[] = [
  {
    name: 'acme.example',
    type: 'A',
    zone: ['192.0.2.10', '192.0.2.11'],
    input: { expected_value: ['192.0.2.10', '192.0.2.11'] },
  },
  {
    name: 'acme.example',
    type: 'TXT',
    zone: [SPF, 'site-verification=4f1a'],
    input: { record_type: 'SPF', expected_value: SPF },
  },
  { name: '_dmarc.acme.example', type: 'TXT', zone: [DMARC], input: { record_type: 'DMARC', expected_value: DMARC } },
  {
    name: 'acme.example',
    type: 'MX',
    zone: ['10 mx1.acme.example', '20 mx2.acme.example'],
    input: { expected_value: ['10 mx1.acme.example', '20 mx2.acme.example'] },
  },
  {
    name: 'www.northwind.example',
    type: 'CNAME',
    zone: ['shops.platform.example'],
    input: { expected_value: 'shops.platform.example' },
  },
  {
    name: 'shop.globex.example',
    type: 'CNAME',
    zone: ['shops.platform.example'],
    input: { expected_value: 'shops.platform.example' },
  },
  { name: 'api.initech.example', type: 'AAAA', zone: ['2001:db8::42'], input: { expected_value: '2001:db8::42' } },
  { name: 'old.initech.example', type: 'A', zone: [], input: { match: 'absent' } },
  {
    name: 'edge.platform.example',
    type: 'A',
    zone: ['198.51.100.7'],
    input: { match: 'cidr', expected_value: '198.51.100.0/24' },
  },
  {
    name: 'umbrella.example',
    type: 'NS',
    zone: ['ns1.platform.example', 'ns2.platform.example'],
    input: { match: 'includes', expected_value: 'ns1.platform.example' },
  },
]

export async function openScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack()
  const clock = createTestClock(Date.UTC(2026, 9, 27, 8, 30))
  const settings = { DNSRADAR_CONFIRM: '0', DNSRADAR_RETENTION: '90d' }
  const radar = stack.use(await startRadar({ settings, overrides: { clock } }))
  const monitors = await watchAll(radar)
  const webhooks = await addWebhooks(radar)
  await oneMonth(radar, clock, monitors)
  const pages = await pagesOf(radar, monitors, webhooks)
  const held = stack.move()
  return { radar, pages, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

type Monitors = ReadonlyMap<string, WireMonitorDetail>

async function watchAll({ client, dns }: Radar): Promise<Monitors> {
  await client.updateOrganization({ name: 'Platform team' })
  await client.createGroup({ slug: 'customers', name: 'Customer domains', is_public: true })
  await client.createGroup({ slug: 'mail', name: 'Mail' })
  await client.createKey({ name: 'n8n', scopes: ['read', 'write'] })
  await client.createKey({ name: 'Status board', scopes: ['read'] })
  const monitors = new Map<string, WireMonitorDetail>()
  for (const { name, type, zone, input } of RECORDS) {
    if (zone.length > 0) dns.set(name, type, zone)
    const wish = {
      record_type: type,
      frequency: 120,
      group: groupOf(type, input),
      ...input,
      full_domain: name,
    } as NewMonitorInput
    const monitor = await client.createMonitorAndWait(wish)
    monitors.set(`${name} ${wish.record_type}`, monitor)
  }
  return monitors
}

function groupOf(type: string, { record_type: given }: Partial<NewMonitorInput>): string {
  return type === 'MX' || given === 'SPF' || given === 'DMARC' ? 'mail' : 'customers'
}

async function addWebhooks({ client, receiver }: Radar): Promise<Readonly<Record<'fine' | 'failing', string>>> {
  const fine = await client.createWebhook({
    url: `${receiver.origin}/dns-events`,
    all_groups: true,
    events: ['record.*', 'resolver.*'],
  })
  const failing = await client.createWebhook({ url: `${receiver.origin}/pager`, groups: ['customers'] })
  return { fine: fine.uuid, failing: failing.uuid }
}

interface Act {
  /** Hours after the one before it. */
  readonly after: number
  readonly change: (dns: DnsServer) => void
  /** Whose monitor looks then: the others find out in their own time. */
  readonly seen: string
}

const ACTS: readonly Act[] = [
  { after: 110, seen: 'acme.example A', change: (dns) => dns.set('acme.example', 'A', ['192.0.2.10']) },
  { after: 9, seen: 'acme.example A', change: (dns) => dns.set('acme.example', 'A', ['192.0.2.10', '192.0.2.11']) },
  { after: 90, seen: 'shop.globex.example CNAME', change: (dns) => dns.remove('shop.globex.example') },
  { after: 3, seen: 'shop.globex.example CNAME', change: (dns) => dns.set('shop.globex.example', 'CNAME', [PLATFORM]) },
  { after: 70, seen: 'api.initech.example AAAA', change: (dns) => dns.behave('api.initech.example', SERVFAIL) },
  { after: 1, seen: 'api.initech.example AAAA', change: (dns) => dns.behave('api.initech.example', null) },
  { after: 120, seen: 'acme.example SPF', change: (dns) => setSpf(dns, OTHER_SPF) },
  { after: 31, seen: 'acme.example SPF', change: (dns) => setSpf(dns, SPF) },
  { after: 168, seen: 'shop.globex.example CNAME', change: (dns) => dns.remove('shop.globex.example') },
  { after: 5, seen: 'acme.example SPF', change: (dns) => setSpf(dns, SHORT_SPF) },
  { after: 2, seen: 'edge.platform.example A', change: (dns) => dns.behave('edge.platform.example', REFUSED) },
]

function setSpf(dns: DnsServer, spf: string): void {
  dns.set('acme.example', 'TXT', [spf, 'site-verification=4f1a'])
}

async function oneMonth({ client, dns, receiver }: Radar, clock: TestClock, monitors: Monitors): Promise<void> {
  receiver.answer(204)
  for (const [index, { after, change, seen }] of ACTS.entries()) {
    await clock.leap(after * HOUR)
    await clock.advance(MINUTE)
    if (index === ACTS.length - 1) receiver.answer(failingPager)
    change(dns)
    await client.checkMonitor(monitors.get(seen)?.uuid ?? '')
    await clock.advance(2_000)
  }
  await clock.advance(7 * MINUTE)
}

function failingPager(request: ReceivedRequest, response: ServerResponse): void {
  if (request.path === '/pager') response.writeHead(503).end('upstream is down for maintenance')
  else response.writeHead(204).end()
}

async function pagesOf(
  { client }: Radar,
  monitors: Monitors,
  webhooks: Awaited<ReturnType<typeof addWebhooks>>,
): Promise<Readonly<Record<string, string>>> {
  const spf = monitors.get('acme.example SPF')?.uuid ?? ''
  const { uuid: group } = await client.getGroup('customers')
  const { data: requests } = await client.listRequests(webhooks.failing)
  return {
    overview: '/app',
    monitors: '/app/monitors',
    monitor: `/app/monitors/${spf}`,
    'monitor-edit': `/app/monitors/${spf}/edit`,
    'monitor-new': '/app/monitors/new',
    groups: '/app/groups',
    group: '/app/groups/customers',
    'group-new': '/app/groups/new',
    webhooks: '/app/webhooks',
    'webhook-new': '/app/webhooks/new',
    webhook: `/app/webhooks/${webhooks.fine}`,
    'webhook-failing': `/app/webhooks/${webhooks.failing}`,
    'webhook-edit': `/app/webhooks/${webhooks.fine}/edit`,
    'webhook-rotate': `/app/webhooks/${webhooks.fine}/rotate-secret`,
    request: `/app/webhooks/${webhooks.failing}/requests/${requests.at(-1)?.uuid}`,
    keys: '/app/keys',
    'key-new': '/app/keys/new',
    settings: '/app/settings',
    'system-events': '/app/system-events',
    nodes: '/app/nodes',
    audit: '/app/audit',
    'not-found': '/app/nowhere',
    status: `/status/${group}`,
  }
}
