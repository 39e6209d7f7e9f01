/** Starts a workflow when a record that DNSRadar watches breaks, changes or recovers. */
import {
  type IHookFunctions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
  NodeConnectionTypes,
} from 'n8n-workflow'
import { reporting } from '../shared/errors.ts'
import { getGroups, searchMonitors } from '../shared/searches.ts'
import { isSubscribed, subscribe, unsubscribe } from './lifecycle.ts'
import { TRIGGER_PROPERTIES } from './properties.ts'
import { receiveDelivery } from './receive.ts'

export class DnsRadarTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'DNSRadar Trigger',
    name: 'dnsRadarTrigger',
    icon: { light: 'file:../../icons/dnsradar.svg', dark: 'file:../../icons/dnsradar.dark.svg' },
    group: ['trigger'],
    version: [1],
    subtitle: '={{ $parameter["events"].join(", ") }}',
    description: 'Starts the workflow when a DNS record breaks, changes or recovers',
    eventTriggerDescription: 'Waiting for DNSRadar to deliver a change',
    activationMessage: 'DNSRadar now delivers changes to this workflow.',
    defaults: { name: 'DNSRadar Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'dnsRadarApi', required: true }],
    webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
    properties: TRIGGER_PROPERTIES,
  }

  methods = {
    loadOptions: { getGroups },
    listSearch: { searchMonitors },
  }

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions): Promise<boolean> {
        return await reporting(this, () => isSubscribed(this))
      },
      async create(this: IHookFunctions): Promise<boolean> {
        return await reporting(this, () => subscribe(this))
      },
      async delete(this: IHookFunctions): Promise<boolean> {
        return await reporting(this, () => unsubscribe(this))
      },
    },
  }

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return await receiveDelivery(this)
  }
}
