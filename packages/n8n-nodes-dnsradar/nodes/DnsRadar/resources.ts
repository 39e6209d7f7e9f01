/** **The table** of what the node does. An operation needs a row here and nothing else. */
import type { INodeProperties } from 'n8n-workflow'
import { match } from './operations/dns/match.ts'
import { lookup } from './operations/dns/lookup.ts'
import { getEvent } from './operations/event/get.ts'
import { getManyEvents } from './operations/event/getAll.ts'
import { createGroup } from './operations/group/create.ts'
import { deleteGroup } from './operations/group/delete.ts'
import { getGroup } from './operations/group/get.ts'
import { getManyGroups } from './operations/group/getAll.ts'
import { updateGroup } from './operations/group/update.ts'
import { updateGroupMonitors } from './operations/group/updateMonitors.ts'
import { acceptValue } from './operations/monitor/accept.ts'
import { checkMonitor } from './operations/monitor/check.ts'
import { createMonitor } from './operations/monitor/create.ts'
import { createManyMonitors } from './operations/monitor/createMany.ts'
import { deleteMonitor } from './operations/monitor/delete.ts'
import { disableMonitor, enableMonitor } from './operations/monitor/activity.ts'
import { getMonitor } from './operations/monitor/get.ts'
import { getManyMonitors } from './operations/monitor/getAll.ts'
import { updateMonitor } from './operations/monitor/update.ts'
import { upsertMonitor } from './operations/monitor/upsert.ts'
import { waitForState } from './operations/monitor/wait.ts'
import { createWebhook } from './operations/webhook/create.ts'
import { deleteWebhook } from './operations/webhook/delete.ts'
import { disableWebhook, enableWebhook } from './operations/webhook/activity.ts'
import { getWebhook } from './operations/webhook/get.ts'
import { getManyWebhooks } from './operations/webhook/getAll.ts'
import { testWebhook } from './operations/webhook/sendTest.ts'
import { updateWebhook } from './operations/webhook/update.ts'
import { getManyRequests } from './operations/webhookRequest/getAll.ts'
import { retryRequest } from './operations/webhookRequest/retry.ts'
import type { Operation, Resource } from './operation.ts'

export const RESOURCES: readonly Resource[] = [
  {
    value: 'dns',
    name: 'DNS',
    description: 'Look names up, and try an expectation out without a monitor',
    operations: [lookup, match],
  },
  {
    value: 'event',
    name: 'Event',
    description: 'What happened to the records that are watched',
    operations: [getEvent, getManyEvents],
  },
  {
    value: 'group',
    name: 'Group',
    description: 'Monitors that belong together',
    operations: [createGroup, deleteGroup, getGroup, getManyGroups, updateGroup, updateGroupMonitors],
  },
  {
    value: 'monitor',
    name: 'Monitor',
    description: 'A record that is watched',
    operations: [
      acceptValue,
      checkMonitor,
      createMonitor,
      createManyMonitors,
      upsertMonitor,
      deleteMonitor,
      disableMonitor,
      enableMonitor,
      getMonitor,
      getManyMonitors,
      updateMonitor,
      waitForState,
    ],
  },
  {
    value: 'webhook',
    name: 'Webhook',
    description: 'An address that changes are delivered to',
    operations: [
      createWebhook,
      deleteWebhook,
      disableWebhook,
      enableWebhook,
      getWebhook,
      getManyWebhooks,
      testWebhook,
      updateWebhook,
    ],
  },
  {
    value: 'webhookRequest',
    name: 'Webhook Request',
    description: 'One delivery to a webhook',
    operations: [getManyRequests, retryRequest],
  },
]

export function findOperation(resource: string, operation: string): Operation {
  const found = RESOURCES.find(({ value }) => value === resource)?.operations.find(({ value }) => value === operation)
  if (found === undefined) throw new Error(`There is no operation "${operation}" of the resource "${resource}"`)
  return found
}

export const ACTION_PROPERTIES: INodeProperties[] = [
  {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    default: 'monitor',
    options: RESOURCES.map(({ name, value, description }) => ({ name, value, description })),
  },
  ...RESOURCES.map(operationProperty),
  ...RESOURCES.flatMap((resource) => resource.operations.flatMap((operation) => fieldsOf(resource, operation))),
]

function operationProperty({ value: resource, operations }: Resource): INodeProperties {
  return {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: usualOf(operations),
    displayOptions: { show: { resource: [resource] } },
    options: operations.map(({ name, value, action, description }) => ({ name, value, action, description })),
  }
}

function usualOf(operations: readonly Operation[]): string {
  return (operations.find(({ value }) => value === 'getAll') ?? operations[0])?.value ?? ''
}

/** A field shows for its own operation only; a condition of its own is kept. */
function fieldsOf({ value: resource }: Resource, { value: operation, fields }: Operation): INodeProperties[] {
  return fields.map((field) => ({
    ...field,
    displayOptions: {
      ...field.displayOptions,
      show: { resource: [resource], operation: [operation], ...field.displayOptions?.show },
    },
  }))
}
