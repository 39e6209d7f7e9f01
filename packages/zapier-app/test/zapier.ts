/**
 * Zapier around the app: its own tester runs the steps, against a real server, with deliveries that a real receiver got.
 */
import { type Bundle, createAppTester, type PlainOutputField } from 'zapier-platform-core'
import type { Radar } from '../../../test/harness/radar.ts'
import type { ReceivedRequest } from '../../../test/harness/webhook-receiver.ts'
import app from '../src/index.ts'

export type Item = Readonly<Record<string, unknown>>
export type Fields = Readonly<Record<string, unknown>>
export type Kind = 'triggers' | 'creates' | 'searches'
type Method = 'perform' | 'performList' | 'performSubscribe' | 'performUnsubscribe'

/** A Zap that is switched on. */
export interface Zap {
  readonly trigger: string
  readonly fields: Fields
  readonly path: string
  readonly subscribeData: { readonly id: string; readonly secret: string }
}

export type AuthData = Readonly<Record<'server_url' | 'api_key', string>>

/** Of a server that tells of the first look that finds a change: no upstream is asked again, and no zone's own server. */
export const AT_FIRST_LOOK = { settings: { DNSRADAR_CONFIRM: '0', DNSRADAR_AUTHORITATIVE: 'off' } }

/** From here on core may end the process, once that holds 450 MB as well: a server in the same process soon does. */
const MOST_RUNS = 250
let runs = 0

export function zapierOn(radar: Pick<Radar, 'url' | 'key' | 'receiver'>, authData: AuthData = authOf(radar)) {
  const tester = createAppTester(app)
  const run = (step: unknown, bundle: object): Promise<unknown> => {
    if (++runs > MOST_RUNS) throw new Error(`${MOST_RUNS} runs in one file are too many: split it`)
    return tester(step as () => unknown, { authData, ...bundle } as unknown as Bundle)
  }
  const runStep = (kind: Kind, key: string, method: Method, bundle: object): Promise<unknown> =>
    run(operationOf(kind, key)[method], bundle)

  return {
    test: () => run(app.authentication?.test, {}),
    label: (inputData: unknown) => run(app.authentication?.connectionLabel, { inputData }),
    create: (key: string, inputData: Fields) => runStep('creates', key, 'perform', { inputData }) as Promise<Item>,
    search: (key: string, inputData: Fields) => runStep('searches', key, 'perform', { inputData }) as Promise<Item[]>,
    searchPage: (key: string, inputData: Fields, paging_token?: string) =>
      runStep('searches', key, 'perform', { inputData, meta: { paging_token } }) as Promise<{
        results: Item[]
        paging_token: string | null
      }>,
    listed: (trigger: string, inputData: Fields = {}) =>
      runStep('triggers', trigger, 'performList', { inputData }) as Promise<Item[]>,
    switchOn: async (trigger: string, fields: Fields = {}, path = '/zap'): Promise<Zap> => {
      const bundle = { inputData: fields, targetUrl: `${radar.receiver.origin}${path}` }
      const subscribeData = await runStep('triggers', trigger, 'performSubscribe', bundle)
      return { trigger, fields, path, subscribeData: subscribeData as Zap['subscribeData'] }
    },
    switchOff: ({ trigger, fields, subscribeData }: Zap) =>
      runStep('triggers', trigger, 'performUnsubscribe', { inputData: fields, subscribeData }),
    /** A hook trigger as `zapier-platform invoke trigger` runs it. */
    invoke: (trigger: string) => runStep('triggers', trigger, 'perform', { inputData: {} }),
    receive: ({ trigger, fields, subscribeData }: Zap, request: Pick<ReceivedRequest, 'body' | 'headers'>) =>
      runStep('triggers', trigger, 'perform', {
        inputData: fields,
        subscribeData,
        rawRequest: rawRequestOf(request),
        cleanedRequest: {},
      }) as Promise<Item[]>,
  }
}

export type Zapier = ReturnType<typeof zapierOn>

export function authOf({ url, key }: Pick<Radar, 'url' | 'key'>): AuthData {
  return { server_url: url, api_key: key }
}

export function sampleOf(kind: Kind, key: string): Item {
  return operationOf(kind, key).sample
}

export function fieldsOf(kind: Kind, key: string): readonly PlainOutputField[] {
  return operationOf(kind, key).outputFields
}

interface Operation extends Readonly<Record<Method, unknown>> {
  readonly sample: Item
  readonly outputFields: readonly PlainOutputField[]
}

function operationOf(kind: Kind, key: string): Operation {
  const steps = app[kind] as unknown as Readonly<Record<string, { operation: Operation }>>
  const step = steps[key]
  if (step === undefined) throw new Error(`there is no ${key} among the ${kind}`)
  return step.operation
}

/** As Zapier hands a request on: names in Camel-Case, all but two behind `Http-`. */
function rawRequestOf({ body, headers }: Pick<ReceivedRequest, 'body' | 'headers'>) {
  const named = Object.entries(headers).map(([name, value]) => {
    const camel = name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
    return [name === 'content-type' || name === 'content-length' ? camel : `Http-${camel}`, String(value)]
  })
  return { method: 'POST', querystring: '', headers: Object.fromEntries(named), content: body }
}

/** The next request to this Zap's address. */
export async function nextFor({ receiver }: Pick<Radar, 'receiver'>, { path }: Pick<Zap, 'path'>, count = 1) {
  for (let seen = count; ; seen += 1) {
    const requests = await receiver.waitFor(seen)
    const own = requests.filter((request) => request.path === path && request.method === 'POST')
    const found = own[count - 1]
    if (found !== undefined) return found
  }
}

export function requestsTo({ receiver }: Pick<Radar, 'receiver'>, { path }: Pick<Zap, 'path'>): number {
  return receiver.requests.filter((request) => request.path === path).length
}
