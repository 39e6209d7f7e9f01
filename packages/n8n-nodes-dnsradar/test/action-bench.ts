/** A real server for a file of tests, the action node against it, and what the node answered held to its output schemas. */
import type { IDataObject, INodeParameters } from 'n8n-workflow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { type Credential, runAction } from './contexts.ts'
import { shapeOf } from './shapes.ts'

const SETTINGS = { DNSRADAR_CONFIRM: '0', DNSRADAR_RETRY_DELAYS: '20ms', DNSRADAR_WEBHOOKS_PER_GROUP: '100' }

export interface ActionBench {
  readonly radar: Radar
  readonly credential: Credential
  /** The json of each item that comes out. */
  act(resource: string, operation: string, parameters?: INodeParameters, items?: IDataObject[]): Promise<IDataObject[]>
  /** The first of them. */
  one(resource: string, operation: string, parameters?: INodeParameters): Promise<IDataObject>
  freshName(): string
  /** A record as expected, looked at once. */
  aMonitor(extra?: IDataObject): ReturnType<Radar['client']['createMonitorAndWait']>
  aWebhook(): ReturnType<Radar['client']['createWebhook']>
  /** To be called last: `operations` (`monitor/get`) ran before, and their schemas are those of what they answered. */
  describeOutput(operations: readonly string[]): void
}

export function byId(value: unknown): INodeParameters {
  return { __rl: true, mode: 'id', value: String(value) } as never
}

export function by(mode: string, value: string): INodeParameters {
  return { __rl: true, mode, value } as never
}

export function actionBench(): ActionBench {
  let radar: Radar
  beforeAll(async () => {
    radar = await startRadar({ settings: SETTINGS })
  })
  afterAll(async () => radar[Symbol.asyncDispose]())

  /** By resource and operation: what came out in the form that is the default. */
  const answers = new Map<string, IDataObject[]>()
  let names = 0
  let hooks = 0

  const bench: ActionBench = {
    get radar() {
      return radar
    },
    get credential() {
      return { baseUrl: radar.url, apiKey: radar.key }
    },
    async act(resource, operation, parameters = {}, items) {
      const output = await runAction(bench.credential, { resource, operation, ...parameters }, items)
      const given = output.map(({ json }) => json)
      const name = `${resource}/${operation}`
      if (parameters['simplify'] !== false) answers.set(name, [...(answers.get(name) ?? []), ...given])
      return given
    },
    one: async (...args) => (await bench.act(...args))[0] ?? {},
    freshName: () => `host-${++names}.example`,
    async aMonitor(extra = {}) {
      const name = bench.freshName()
      radar.dns.set(name, 'A', ['192.0.2.1'])
      const input = { full_domain: name, record_type: 'A', expected_value: '192.0.2.1', ...extra } as const
      return radar.client.createMonitorAndWait(input)
    },
    aWebhook: async () => radar.client.createWebhook({ url: `${radar.receiver.origin}/hook-${++hooks}` }),
    describeOutput(operations) {
      describe('the output schema', () => {
        test.for(operations)('of %s is the shape of what it answered', async (name) => {
          expect(answers.get(name)).not.toEqual([])
          const schema = { ...shapeOf(answers.get(name) ?? []), version: 1 }
          const file = `../nodes/DnsRadar/__schema__/v1.0.0/${name}.json`
          await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(file)
        })
      })
    },
  }
  return bench
}
