/** Connect configurations: those records are watched that `monitor: true` marks, on the whole or on the record itself. */
import { type EntriDomain, RadarError } from '@dnsradar/core'
import type * as z from 'zod'
import type { Deps } from '../deps.ts'
import { refusal, validateBody } from '../http/validate.ts'
import type { Caller } from './access.ts'
import { addDomain, addRecords } from './domains.ts'
import { type ImportBody, WatchedRecords } from './schemas.ts'

/** A domain that is monitored already has the records added to its own: a configuration may be used again. */
export async function importDomain(
  deps: Deps,
  caller: Caller,
  configuration: z.output<typeof ImportBody>,
): Promise<EntriDomain> {
  const { prefilledDomain: domain, monitor: all = false, dnsRecords, user_id, userId = user_id } = configuration
  const flagged = dnsRecords.map((record) => ((record.monitor ?? all) ? record : null))
  if (flagged.every((record) => record === null)) throw nothingFlagged()
  const watched = validateBody(WatchedRecords, { dnsRecords: flagged })
  const records = watched.dnsRecords.filter((record) => record !== null)
  return addDomain(deps, caller, { domain, records, userId }).catch((error: unknown) => {
    if (!(error instanceof RadarError) || error.code !== 'conflict') throw renamed(error)
    return addRecords(deps, caller, domain, records)
  })
}

function nothingFlagged(): RadarError {
  const message = 'is on nothing; set monitor: true on the configuration or on the records to be monitored'
  return refusal('invalid_field', { monitor: message })
}

/** The domain goes by another name here. */
function renamed(error: unknown): unknown {
  if (!(error instanceof RadarError) || error.fields?.['domain'] === undefined) return error
  const { domain, ...others } = error.fields
  return new RadarError(error.code, error.message, { ...others, prefilledDomain: domain })
}
