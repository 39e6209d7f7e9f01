/** A real server for a file of tests, trigger nodes of as many n8n as it likes, and records that break. */
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import type { ReceivedRequest } from '../../../test/harness/webhook-receiver.ts'
import type { Kept } from '../nodes/DnsRadarTrigger/kept.ts'
import { type Credential, triggerNode, type TriggerNode, type TriggerSetting } from './contexts.ts'

const SETTINGS = { DNSRADAR_CONFIRM: '0', DNSRADAR_RETRY_DELAYS: '20ms' }

export interface TriggerBench {
  readonly radar: Radar
  readonly credential: Credential
  /** The address of an n8n of its own: no other test's deliveries come there. */
  freshN8n(): string
  trigger(setting?: Partial<TriggerSetting>): TriggerNode
  /** What the server has for the node's url. */
  subscriptions(node: TriggerNode): Promise<Awaited<ReturnType<Radar['client']['listWebhooks']>>['data']>
  arrivedAt(node: TriggerNode): ReceivedRequest[]
  /** The next delivery for the node, as n8n's web server hands it over. */
  delivered(node: TriggerNode): Promise<Pick<ReceivedRequest, 'headers' | 'raw'>>
  /** A monitor that is bad from its first look on. */
  breakRecord(extra?: object): Promise<BrokenRecord>
}

export interface BrokenRecord {
  readonly name: string
  readonly monitor: Awaited<ReturnType<Radar['client']['createMonitorAndWait']>>
}

export function kept({ staticData }: TriggerNode): Kept {
  return staticData as unknown as Kept
}

export function forgetEverything({ staticData }: TriggerNode): void {
  for (const name of Object.keys(staticData)) delete staticData[name]
}

export function triggerBench(): TriggerBench {
  let radar: Radar
  beforeAll(async () => {
    radar = await startRadar({ settings: SETTINGS })
  })
  afterAll(async () => radar[Symbol.asyncDispose]())
  let n8ns = 0
  let records = 0

  const bench: TriggerBench = {
    get radar() {
      return radar
    },
    get credential() {
      return { baseUrl: radar.url, apiKey: radar.key }
    },
    freshN8n: () => `${radar.receiver.origin}/n8n-${++n8ns}`,
    trigger: (setting = {}) => triggerNode(bench.credential, { n8nUrl: bench.freshN8n(), ...setting }),
    async subscriptions(node) {
      const { data } = await radar.client.listWebhooks({ limit: 100 })
      return data.filter(({ url }) => url === node.url)
    },
    arrivedAt: (node) => radar.receiver.requests.filter(({ path }) => node.url.endsWith(path)),
    async delivered(node) {
      await vi.waitFor(() => expect(bench.arrivedAt(node)).toHaveLength(1), { timeout: 10_000 })
      const { headers, raw } = bench.arrivedAt(node)[0] as ReceivedRequest
      return { headers, raw }
    },
    async breakRecord(extra = {}) {
      const name = `record-${++records}.example`
      radar.dns.set(name, 'A', ['192.0.2.2'])
      const input = { domain: name, record_type: 'A', expected_value: '192.0.2.1', ...extra } as const
      return { name, monitor: await radar.client.createMonitorAndWait(input) }
    },
  }
  return bench
}
