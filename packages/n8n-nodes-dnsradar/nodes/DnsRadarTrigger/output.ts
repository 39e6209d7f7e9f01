/** The three forms in which a delivery becomes an item. */
import type { IDataObject } from 'n8n-workflow'
import type { SubscriptionDelivery, SystemDelivery } from '../shared/client.ts'
import { type Delivery, isDnsDelivery, isTest } from './delivery.ts'

/** `delivered`: as it came, `event` and `context` at the top. `flat`: one level. `simplified`: what a message needs. */
export type OutputForm = 'delivered' | 'flat' | 'simplified'

export function itemOf(delivery: Delivery, form: OutputForm): IDataObject {
  return { ...formed(delivery, form) } as IDataObject
}

function formed(delivery: Delivery, form: OutputForm): object {
  switch (form) {
    case 'delivered':
      return delivery
    case 'flat':
      return flat(delivery)
    case 'simplified':
      return picked(flat(delivery), isDnsDelivery(delivery) ? SIMPLE_CHANGE : SIMPLE_SYSTEM)
  }
}

function flat(delivery: Delivery): object {
  return isDnsDelivery(delivery) ? flatRecordChange(delivery) : flatSystemEvent(delivery)
}

const SIMPLE_CHANGE = [
  'summary',
  'kind',
  'hostname',
  'record_type',
  'old_state',
  'new_state',
  'expected_value',
  'current_value',
  'occurred',
  'monitor_uuid',
]
const SIMPLE_SYSTEM = ['kind', 'occurred', 'data']

function flatRecordChange(delivery: SubscriptionDelivery) {
  const { event, context, uuid, webhook_uuid } = delivery
  return {
    ...event,
    ...context,
    added: without(event.current_value, event.previous_value),
    removed: without(event.previous_value, event.current_value),
    is_recovery: event.new_state === 'VALID',
    is_test: isTest(delivery),
    delivery_uuid: uuid,
    webhook_uuid,
  }
}

function flatSystemEvent(delivery: SystemDelivery) {
  const { uuid, webhook_uuid, created, type, data } = delivery
  return { kind: type, occurred: created, data, is_test: isTest(delivery), delivery_uuid: uuid, webhook_uuid }
}

function without(values: readonly string[], others: readonly string[]): string[] {
  return values.filter((value) => !others.includes(value))
}

function picked(whole: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => names.includes(name)))
}
