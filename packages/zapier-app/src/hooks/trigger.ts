/** A trigger over a REST hook: everything that is the same for all of them. */
import type { Client } from '@dnsradar/client'
import {
  type Bundle,
  defineTrigger,
  type PlainInputField,
  type PlainOutputField,
  type ZObject,
} from 'zapier-platform-core'
import { sampleFrom } from '../items/sample.ts'
import { type Input, withRadar } from '../radar.ts'
import { type Delivery, isFirst, verifiedDelivery } from './delivery.ts'
import { subscribing, unsubscribe, type Wanted } from './subscription.ts'

export interface HookTrigger<Key extends string, Item extends object> {
  readonly key: Key
  readonly noun: string
  readonly label: string
  readonly description: string
  readonly inputFields: PlainInputField[]
  readonly wanted: (input: Input) => Wanted
  /** Null for a delivery of another kind, such as the server's test: that is always a broken record. */
  readonly item: (delivery: Delivery, input: Input) => Item | null
  /** Live items of the same shape, newest first, for the editor. */
  readonly recent: (radar: Client, input: Input) => Promise<Item[]>
  readonly outputFields: PlainOutputField[]
  readonly sample: Item
}

export function hookTrigger<Key extends string, Item extends object>(trigger: HookTrigger<Key, Item>) {
  const { key, noun, label, description, inputFields, wanted, item, recent, outputFields, sample } = trigger

  const perform = async (z: ZObject, bundle: Bundle): Promise<Item[]> => {
    const delivery = await verifiedDelivery(z, bundle)
    const found = item(delivery, bundle.inputData)
    return found !== null && (await isFirst(z, delivery)) ? [found] : []
  }

  return defineTrigger({
    key,
    noun,
    display: { label, description },
    operation: {
      type: 'hook',
      inputFields,
      performSubscribe: subscribing(wanted),
      performUnsubscribe: unsubscribe,
      perform,
      performList: withRadar((radar, input: Input) => recent(radar, input)),
      outputFields,
      sample: sampleFrom(sample),
    },
  })
}
