/** An action: what is the same for all of them. */
import { defineCreate, type PlainInputField, type PlainOutputField } from 'zapier-platform-core'
import { THROTTLE } from '../fields.ts'
import { sampleFrom } from '../items/sample.ts'
import { type Input, type Work, withRadar } from '../radar.ts'

export interface Action<Key extends string, Item extends object> {
  readonly key: Key
  readonly noun: string
  readonly label: string
  readonly description: string
  readonly inputFields: PlainInputField[]
  readonly work: Work<Input, Item>
  readonly outputFields: PlainOutputField[]
  readonly sample: Item
}

export function action<Key extends string, Item extends object>(create: Action<Key, Item>) {
  const { key, noun, label, description, inputFields, work, outputFields, sample } = create
  return defineCreate({
    key,
    noun,
    display: { label, description },
    operation: {
      inputFields,
      perform: withRadar(work),
      outputFields,
      sample: sampleFrom(sample),
      throttle: THROTTLE,
    },
  })
}
