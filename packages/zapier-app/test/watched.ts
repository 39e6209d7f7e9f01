/** Records that a test breaks and repairs, each under a name of its own. */
import type { Radar } from '../../../test/harness/radar.ts'

export const GOOD = ['192.0.2.1']
export const BAD = ['192.0.2.66']

/** Neither the server nor Zapier may mind them. */
export const METADATA = { customer: 'Zürich ☂' }

let names = 0

/** Where a Zap of its own listens. */
export function aPath(): string {
  return `/zap/${++names}`
}

export interface Watched {
  readonly domain: string
  readonly uuid: string
  breaks(): Promise<void>
  recovers(): Promise<void>
}

/** A monitor of its own domain that is VALID. */
export async function watched({ dns, client }: Pick<Radar, 'dns' | 'client'>, group = 'default'): Promise<Watched> {
  const domain = `zap${++names}.example`
  dns.set(domain, 'A', GOOD)
  const input = { domain, record_type: 'A', expected_value: GOOD, group, metadata: METADATA } as const
  const { uuid } = await client.createMonitor(input)
  await client.checkMonitor(uuid)
  const turn = async (values: readonly string[]): Promise<void> => {
    dns.set(domain, 'A', [...values])
    await client.checkMonitor(uuid)
  }
  return { domain, uuid, breaks: () => turn(BAD), recovers: () => turn(GOOD) }
}
