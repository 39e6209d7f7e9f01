/** Rows of a name and a value: headers, metadata, options of a format. */
import type { INodeProperties } from 'n8n-workflow'
import { asText } from '../shared/text.ts'

/** `what` is one of them, in Title Case. */
export function entriesField(displayName: string, name: string, what: string): INodeProperties {
  return {
    displayName,
    name,
    type: 'fixedCollection',
    default: {},
    placeholder: `Add ${what}`,
    typeOptions: { multipleValues: true },
    options: [
      {
        displayName: what,
        name: 'values',
        values: [
          { displayName: 'Name', name: 'key', type: 'string', default: '' },
          { displayName: 'Value', name: 'value', type: 'string', default: '' },
        ],
      },
    ],
  }
}

/** A row without a name was added and left empty. */
export function entriesOf(collected: unknown): Record<string, string> {
  const { values = [] } = (collected ?? {}) as { values?: { key?: unknown; value?: unknown }[] }
  const entries = values.map(({ key, value }) => [asText(key), asText(value)] as const)
  return Object.fromEntries(entries.filter(([key]) => key !== ''))
}
