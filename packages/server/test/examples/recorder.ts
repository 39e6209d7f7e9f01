/** Lives through the story and writes down what was said, with what no two runs share put the same way each time. */
import { type Answered, describedFetch } from '../../../../test/harness/described.ts'
import type { ReceivedRequest } from '../../../../test/harness/webhook-receiver.ts'
import type { Example, Examples, RouteExamples } from '../../src/openapi/examples.ts'
import { VERSION } from '../../src/version.ts'
import { closing, grouping, opening } from './account.ts'
import { asking, breaking, editing } from './monitors.ts'
import { watching } from './watching.ts'
import type { Ask, Step, Told } from './story.ts'
import { delivered, PATHS, SECRET, subscribing } from './webhooks.ts'
import { startWorld, type World } from './world.ts'

/** One thing after the other. */
const STORY: readonly Step[] = [
  ...opening,
  ...subscribing,
  ...watching,
  ...breaking,
  ...editing,
  ...asking,
  ...delivered,
  ...grouping,
  ...closing,
]

/** Where to find the deliveries that are shown: the first of this kind at this path. */
const DELIVERIES = [
  { webhook: 'dnsEvent', name: 'broken', summary: 'A record broke', path: PATHS.own, kind: 'record.broken' },
  { webhook: 'dnsEvent', name: 'restored', summary: 'It was restored', path: PATHS.own, kind: 'record.restored' },
  {
    webhook: 'subscription',
    name: 'brokenWithContext',
    summary: 'A record broke, and in which circumstances',
    path: PATHS.n8n,
    kind: 'record.broken',
  },
  {
    webhook: 'subscription',
    name: 'restoredWithContext',
    summary: 'It was restored, and how long it was broken',
    path: PATHS.n8n,
    kind: 'record.restored',
  },
  {
    webhook: 'systemEvent',
    name: 'domainRestored',
    summary: 'The last broken record of a domain was restored',
    path: PATHS.operations,
    kind: 'domain.restored',
  },
  {
    webhook: 'systemEvent',
    name: 'monitorDisabled',
    summary: 'A monitor was disabled',
    path: PATHS.operations,
    kind: 'monitor.disabled',
  },
  {
    webhook: 'systemEvent',
    name: 'webhookRecovered',
    summary: 'Another webhook was enabled again',
    path: PATHS.operations,
    kind: 'webhook.recovered',
  },
  { webhook: 'test', name: 'test', summary: 'A test was asked for', path: PATHS.own, test: true },
] as const

export interface Recording {
  readonly examples: Examples
  /** Routes that said of an answer which the caller had that it still holds. */
  readonly notModified: readonly string[]
}

/** Throws where an answer has another status than the story expects. */
export async function recordExamples(): Promise<Recording> {
  await using world = await startWorld()
  const told = new Map<string, unknown>()
  const tell: Told = (name) => {
    if (!told.has(name)) throw new Error(`the story has not told of ${name} yet`)
    return told.get(name)
  }
  const routes = new Map<string, RouteExamples>()
  const notModified = new Set<string>()
  for (const step of STORY) {
    if (told.has(step.name)) throw new Error(`two steps are called ${step.name}`)
    await step.before?.(world, tell)
    await world.settle()
    const ask = typeof step.ask === 'function' ? step.ask(tell, world) : (step.ask ?? {})
    const { status, body, etag } = await carryOut(world, step.route, ask)
    if (status !== step.status) throw new Error(`${step.name}: ${status} ${JSON.stringify(body)}`)
    if (etag !== null && (await isNotModified(world, step.route, ask))) notModified.add(step.route)
    told.set(step.name, body)
    note(routes, step, steady(world, ask.json), steady(world, body))
    await world.settle()
  }
  const examples = { routes: Object.fromEntries(routes), webhooks: deliveriesIn(world) }
  return { examples, notModified: [...notModified] }
}

/** `*` is any answer at all: those that tell how long something took are never the same twice. */
async function isNotModified(world: World, route: string, ask: Ask): Promise<boolean> {
  const { status } = await carryOut(world, route, { ...ask, headers: { ...ask.headers, 'If-None-Match': '*' } })
  return status === 304
}

async function carryOut(world: World, route: string, ask: Ask): Promise<Answered & { etag: string | null }> {
  const [method = '', pattern = ''] = route.split(' ')
  const path = pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(ask.params?.[name] ?? ''))
  const query = ask.query === undefined ? '' : `?${new URLSearchParams(ask.query).toString()}`
  const key = world.keys[ask.as ?? 'admin']
  const response = await describedFetch(`${world.radar.url}${path}${query}`, {
    method,
    headers: {
      'X-Request-Id': 'trace-42',
      ...(key === null || key === undefined ? {} : { 'X-API-Key': key }),
      ...(ask.json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...ask.headers,
    },
    ...(ask.json === undefined ? {} : { body: JSON.stringify(ask.json) }),
  })
  return { status: response.status, body: await bodyOf(response), etag: response.headers.get('etag') }
}

/** Of a stream the data of its first message. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = isStream(response) ? await firstData(response) : await response.text()
  return text === '' ? undefined : JSON.parse(text)
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') ?? false
}

async function firstData({ body }: Response): Promise<string> {
  let text = ''
  for await (const piece of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += piece
    const [, data] = /^data: ?(.*)\n\n/m.exec(text) ?? []
    if (data !== undefined) return data
  }
  throw new Error(`the stream ended after ${JSON.stringify(text)}`)
}

/** Bodies that were refused are no examples to follow. */
function note(
  routes: Map<string, RouteExamples>,
  { route, name, summary, status }: Step,
  sent: unknown,
  body: unknown,
) {
  const { request: sentBefore, responses } = routes.get(route) ?? { responses: {} }
  const isShown = sent !== undefined && status < 300
  const request = isShown ? { ...sentBefore, [name]: { summary, value: sent } } : sentBefore
  const example = body === undefined ? { summary } : { summary, value: body }
  routes.set(route, {
    ...(request === undefined ? {} : { request }),
    responses: { ...responses, [status]: { ...responses[status], [name]: example } },
  })
}

function deliveriesIn(world: World): Examples['webhooks'] {
  const webhooks: Record<string, Record<string, Example>> = {}
  for (const { webhook, name, summary, ...where } of DELIVERIES) {
    const request = world.radar.receiver.requests.find((request) => isMeant(request, where))
    if (request === undefined) throw new Error(`the story has no delivery for ${name}`)
    const value = steady(world, JSON.parse(request.body))
    webhooks[webhook] = { ...webhooks[webhook], [name]: { summary, value } }
  }
  return webhooks
}

/** Tests name their webhook, nothing else does. */
function isMeant({ path, headers }: ReceivedRequest, where: { path: string; kind?: string; test?: true }): boolean {
  if (path !== where.path) return false
  const isTest = headers['x-dnsradar-webhook'] !== undefined
  return where.test === true ? isTest : !isTest && headers['x-dnsradar-event'] === where.kind
}

/** Members that hold what the machine did, not what the server said. */
const STEADY: Readonly<Record<string, unknown>> = {
  duration_ms: 12,
  // A connection that is used again has no connect phase, and whether one is depends on how fast the machine is.
  phases: { dns: 1, connect: 2, tls: 5, first_byte: 8 },
  ip: '203.0.113.7',
  version: '1.0.0',
  key: `sk_${'ExampleKey'.repeat(4)}`,
  signing_secret: `whsec_${btoa('made here and shown only once')}`,
}

/** `key` is also what an answer calls the object that tells of a key. */
function isOfTheRun(name: string, value: unknown): boolean {
  return name in STEADY && typeof value === typeof STEADY[name] && value !== null && value !== SECRET
}

/** The same in every run, and without the addresses of this one. */
function steady({ radar }: World, body: unknown): unknown {
  if (body === undefined) return undefined
  const text = JSON.stringify(body)
    .replaceAll(radar.receiver.origin, 'https://hooks.example.com')
    .replaceAll(radar.dns.address, '192.0.2.53:53')
    .replaceAll(`DNSRadar/${VERSION}`, 'DNSRadar/1.0.0')
  return JSON.parse(text, (name, value: unknown) => (isOfTheRun(name, value) ? STEADY[name] : value))
}
