/** Recorded changes as items, for the editor and for searches: with what the monitor and its history add. */
import { ApiError, type Client, type EventQuery, type WireEvent } from '@dnsradar/client'
import { type ChangeItem, changeFromEvent, type Circumstances } from '../items/change.ts'

/** The editor shows a handful, and each one costs a few requests. */
const SHOWN = 5

/** The newest of the newest 100 that `isWanted` lets through. */
export async function recentChanges(
  radar: Client,
  query: EventQuery,
  isWanted: (event: WireEvent) => boolean,
): Promise<ChangeItem[]> {
  const { data } = await radar.listEvents({ ...query, limit: 100 })
  return changesOf(radar, data.filter(isWanted).slice(0, SHOWN))
}

export function changesOf(radar: Client, events: readonly WireEvent[]): Promise<ChangeItem[]> {
  return Promise.all(events.map(async (event) => changeFromEvent(event, await circumstancesOf(radar, event))))
}

async function circumstancesOf(radar: Client, event: WireEvent): Promise<Circumstances> {
  const [metadata, brokenSince] = await Promise.all([metadataOf(radar, event), brokenSinceOf(radar, event)])
  const ms = brokenSince === null ? null : Date.parse(event.occurred) - Date.parse(brokenSince)
  return { metadata, broken_since: brokenSince, broken_for_seconds: ms === null ? null : ms / 1000 }
}

/** A deleted monitor has none any more; its events stay. */
async function metadataOf(radar: Client, event: WireEvent): Promise<Circumstances['metadata']> {
  try {
    return (await radar.getMonitor(event.monitor_uuid)).metadata
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return {}
    throw error
  }
}

/** When the incident began that the event belongs to: the last time the monitor broke, as of the event. */
async function brokenSinceOf(radar: Client, event: WireEvent): Promise<string | null> {
  if (event.kind === 'record.broken') return event.occurred
  const until = { occurred_before: Date.parse(event.occurred) / 1000 + 1, limit: 1 }
  const pages = await Promise.all(
    (['VALID', 'UNSET'] as const).map((old_state) =>
      radar.listEvents({ ...until, monitor: event.monitor_uuid, old_state }),
    ),
  )
  const begun = pages.flatMap(({ data }) => data.filter(({ kind }) => kind === 'record.broken'))
  return (
    begun
      .map(({ occurred }) => occurred)
      .toSorted()
      .at(-1) ?? null
  )
}
