/** A search: what is the same for all of them. */
import {
  type Bundle,
  defineSearch,
  type PlainInputField,
  type PlainOutputField,
  type ZObject,
} from 'zapier-platform-core'
import { sampleFrom } from '../items/sample.ts'

export interface Found<Item> {
  readonly results: Item[]
  readonly paging_token: string | null
}

interface Search<Key extends string, Item extends object> {
  readonly key: Key
  readonly noun: string
  readonly label: string
  readonly description: string
  readonly inputFields: PlainInputField[]
  /** An empty list when nothing is found. */
  readonly perform: (z: ZObject, bundle: Bundle) => Promise<Item[] | Found<Item>>
  readonly outputFields: PlainOutputField[]
  readonly sample: Item
  readonly canPaginate?: true
}

export function search<Key extends string, Item extends object>(definition: Search<Key, Item>) {
  const { key, noun, label, description, inputFields, perform, outputFields, sample, canPaginate } = definition
  return defineSearch({
    key,
    noun,
    display: { label, description },
    operation: {
      inputFields,
      perform,
      outputFields,
      sample: sampleFrom(sample),
      ...(canPaginate && { canPaginate }),
    },
  })
}
