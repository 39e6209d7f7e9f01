/** What name servers answer for a name right now, as a Zap sees it. */
import type { WireAnswer, WireLookup } from '@dnsradar/client'
import type { PlainOutputField } from 'zapier-platform-core'
import { lineOf } from './names.ts'

export interface LookupItem {
  readonly id: string
  readonly name: string
  readonly type: string
  /** Every value that any server gave, in order and once. */
  readonly values: readonly string[]
  readonly values_text: string
  /** All servers that know anything about the name say the same. */
  readonly consistent: boolean
  readonly answers: readonly WireAnswer[]
}

export function lookupItem({ name, type, consistent, answers }: WireLookup): LookupItem {
  const values = [...new Set(answers.flatMap((answer) => answer.values))].toSorted()
  return { id: `${name} ${type}`, name, type, values, values_text: lineOf(values), consistent, answers }
}

export const LOOKUP_FIELDS: PlainOutputField[] = [
  { key: 'id', label: 'ID', type: 'string', primary: true },
  { key: 'name', label: 'Hostname', type: 'string' },
  { key: 'type', label: 'Record Type', type: 'string' },
  { key: 'values_text', label: 'Values (Text)', type: 'string' },
  { key: 'values', label: 'Values', type: 'string', list: true },
  { key: 'consistent', label: 'Servers Agree', type: 'boolean' },
]
