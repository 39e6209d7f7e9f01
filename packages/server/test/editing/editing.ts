/** Monitors to edit, and a name server to look at their records: what the tests of edits share. */
import type { ZoneType, ZoneValue } from '../../../../test/harness/dns-zone.ts'
import { A_MONITOR, type Reply } from '../api.ts'
import { startWatching, type Watching } from '../watching.ts'

export interface Editing extends Omit<Watching, 'create'> {
  /** The id of a monitor that nobody looks at unless the test says so: what it shows is the edit's doing alone. */
  create(change?: object): Promise<string>
  /** The id of a monitor of a name of its own, with these records, that has been looked at. */
  checked(type: ZoneType, values: readonly ZoneValue[], expectation: object): Promise<string>
  patch(uuid: string, json: unknown): Promise<Reply>
  accept(uuid: string): Promise<Reply>
}

export async function startEditing(): Promise<Editing> {
  const watching = await startWatching()
  const { api, dns, check } = watching
  let names = 0

  async function create(change: object = {}): Promise<string> {
    const { uuid } = await watching.create({ ...A_MONITOR, is_active: false, ...change })
    return uuid
  }

  return {
    ...watching,
    create,
    async checked(type, values, expectation) {
      const domain = `name${(names += 1)}.example`
      if (values.length > 0) dns.set(domain, type, values)
      const given = { domain, subdomain: null, record_type: type, expected_value: undefined, is_active: true }
      const uuid = await create({ ...given, ...expectation })
      await check(uuid)
      return uuid
    },
    patch: (uuid, json) => api.call('PATCH', `/monitors/${uuid}`, { json }),
    accept: (uuid) => api.call('POST', `/monitors/${uuid}/accept`),
  }
}
