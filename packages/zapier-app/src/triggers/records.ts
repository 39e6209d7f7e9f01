/** The triggers that speak of DNS records: every change, a record that breaks, a record that is right again. */
import type { Client, DnsEventKind, EventQuery, JudgedState, RecordType, State, WireEvent } from '@dnsradar/client'
import type { PlainInputField } from 'zapier-platform-core'
import { FAILURES_FILTER, GROUP_FILTER, MONITOR_FILTER, NEW_STATES_FILTER, RECORD_TYPES_FILTER } from '../fields.ts'
import { type Delivery, isSystem } from '../hooks/delivery.ts'
import { hookTrigger } from '../hooks/trigger.ts'
import { given, oneOf, textOf, wordsOf } from '../input.ts'
import { CHANGE_FIELDS, type ChangeItem, changeFromDelivery } from '../items/change.ts'
import { CHANGE_SAMPLE, RESTORED_SAMPLE } from '../items/samples.ts'
import type { Input } from '../radar.ts'
import { recentChanges } from './recent-changes.ts'

interface RecordTrigger<Key extends string> {
  readonly key: Key
  readonly noun: string
  readonly label: string
  readonly description: string
  readonly kinds: readonly DnsEventKind[]
  readonly inputFields: PlainInputField[]
  readonly sample: ChangeItem
}

function recordTrigger<Key extends string>({ kinds, ...trigger }: RecordTrigger<Key>) {
  const item = (delivery: Delivery): ChangeItem | null =>
    !isSystem(delivery) && kinds.includes(delivery.context.kind) ? changeFromDelivery(delivery) : null
  const recent = (radar: Client, input: Input): Promise<ChangeItem[]> => {
    const filter = filterOf(input)
    return recentChanges(
      radar,
      narrowest(filter, kinds),
      (event) => kinds.includes(event.kind) && passes(filter, event),
    )
  }
  return hookTrigger({
    ...trigger,
    wanted: (input) => {
      const { recordTypes, states } = filterOf(input)
      const [groups, monitors] = [oneOf(input['group']), oneOf(input['monitor'])]
      return { events: kinds, ...given({ groups, monitors, record_types: recordTypes, states }) }
    },
    item,
    recent,
    outputFields: CHANGE_FIELDS,
  })
}

interface Filter {
  readonly group: string | undefined
  readonly monitor: string | undefined
  readonly recordTypes: readonly RecordType[]
  readonly states: readonly State[]
}

function filterOf(input: Input): Filter {
  return {
    group: textOf(input['group']),
    monitor: textOf(input['monitor']),
    recordTypes: wordsOf<RecordType>(input['record_types']),
    states: wordsOf<State>(input['states']),
  }
}

/** A list filters by one word; several are looked for in what comes back. */
function narrowest({ group, monitor, recordTypes, states }: Filter, kinds: readonly DnsEventKind[]): EventQuery {
  const isRestored = kinds.length === 1 && kinds[0] === 'record.restored'
  return given({
    group,
    monitor,
    record_type: recordTypes.length === 1 ? recordTypes[0] : undefined,
    new_state: isRestored ? 'VALID' : states.length === 1 ? (states[0] as JudgedState) : undefined,
  })
}

function passes({ recordTypes, states }: Filter, event: WireEvent): boolean {
  const isOf = <T>(words: readonly T[], word: T): boolean => words.length === 0 || words.includes(word)
  return isOf(recordTypes, event.record_type) && isOf(states, event.new_state)
}

export const dnsChange = recordTrigger({
  key: 'dns_change',
  noun: 'DNS Change',
  label: 'New DNS Change',
  description: 'Triggers when a monitored record changes its state, or its value while it is not as expected.',
  kinds: ['record.broken', 'record.changed', 'record.restored'],
  inputFields: [GROUP_FILTER, MONITOR_FILTER, RECORD_TYPES_FILTER, NEW_STATES_FILTER],
  sample: CHANGE_SAMPLE,
})

export const recordBroken = recordTrigger({
  key: 'record_broken',
  noun: 'DNS Record',
  label: 'DNS Record Broken',
  description: 'Triggers when a monitored record is no longer as expected.',
  kinds: ['record.broken'],
  inputFields: [GROUP_FILTER, MONITOR_FILTER, RECORD_TYPES_FILTER, FAILURES_FILTER],
  sample: CHANGE_SAMPLE,
})

export const recordRestored = recordTrigger({
  key: 'record_restored',
  noun: 'DNS Record',
  label: 'DNS Record Restored',
  description: 'Triggers when a monitored record is as expected again, and tells how long it was not.',
  kinds: ['record.restored'],
  inputFields: [GROUP_FILTER, MONITOR_FILTER, RECORD_TYPES_FILTER],
  sample: RESTORED_SAMPLE,
})
