/**
 * A workflow that starts with the trigger and runs the actions one after the other: all but the retry of a request,
 * which would start the workflow anew for ever.
 */

export interface WorkflowJson {
  readonly name: string
  readonly nodes: readonly WorkflowNode[]
  readonly connections: object
  readonly settings?: object
}

export interface WorkflowNode {
  readonly name: string
  readonly type: string
  readonly typeVersion: number
  readonly parameters: object
}

export interface Credential {
  readonly id: string
  readonly name: string
}

const monitor = { __rl: true, mode: 'id', value: "={{ $('Radar').item.json.event.monitor_uuid }}" }
const made = { __rl: true, mode: 'externalId', value: 'made-in-n8n' }
const webhook = { __rl: true, mode: 'id', value: "={{ $('Radar').item.json.webhook_uuid }}" }
/** Nobody listens there. */
const OWN_URL = 'http://127.0.0.1:65500/made-in-n8n'
const own = { __rl: true, mode: 'url', value: OWN_URL }
const group = { __rl: true, mode: 'id', value: 'made-in-n8n' }

const STEPS: readonly (readonly [name: string, resource: string, operation: string, parameters?: object])[] = [
  ['Get monitor', 'monitor', 'get', { monitor }],
  ['Check monitor', 'monitor', 'check', { monitor }],
  ['List monitors', 'monitor', 'getAll'],
  [
    'Upsert monitor',
    'monitor',
    'upsert',
    { externalId: 'made-in-n8n', domain: 'www.shop.example', recordType: 'A', match: 'baseline' },
  ],
  ['Wait for monitor', 'monitor', 'waitForState', { monitor: made, states: ['VALID'], minutes: 1, seconds: 1 }],
  ['Accept value', 'monitor', 'accept', { monitor: made }],
  ['Update monitor', 'monitor', 'update', { monitor: made, updateFields: { frequency: 5 } }],
  ['Disable monitor', 'monitor', 'disable', { monitor: made }],
  ['Enable monitor', 'monitor', 'enable', { monitor: made }],
  ['Delete monitor', 'monitor', 'delete', { monitor: made }],
  ['Create monitor', 'monitor', 'create', { domain: 'new.shop.example', recordType: 'A', match: 'absent' }],
  ['Create many monitors', 'monitor', 'createMany', { domain: 'new.shop.example', recordType: 'A', match: 'absent' }],
  ['List events', 'event', 'getAll', { limit: 1, filters: { monitor: monitor.value } }],
  ['Get event', 'event', 'get', { eventId: "={{ $('Radar').item.json.event.event_uuid }}" }],
  ['Create group', 'group', 'create', { slug: 'made-in-n8n' }],
  ['Get group', 'group', 'get', { group }],
  ['List groups', 'group', 'getAll'],
  ['Update group', 'group', 'update', { group, updateFields: { name: 'Made in n8n' } }],
  ['Update monitors', 'group', 'updateMonitors', { group, updateFields: { frequency: 30 } }],
  ['Delete group', 'group', 'delete', { group }],
  ['Get webhook', 'webhook', 'get', { webhook }],
  ['List webhooks', 'webhook', 'getAll'],
  ['Create webhook', 'webhook', 'create', { url: OWN_URL }],
  ['Update webhook', 'webhook', 'update', { webhook: own, updateFields: { timeout: 2 } }],
  ['Test webhook', 'webhook', 'test', { webhook: own }],
  ['Disable webhook', 'webhook', 'disable', { webhook: own }],
  ['Enable webhook', 'webhook', 'enable', { webhook: own }],
  ['Delete webhook', 'webhook', 'delete', { webhook: own }],
  ['List requests', 'webhookRequest', 'getAll', { webhook }],
  ['Look up', 'dns', 'lookup', { name: 'www.shop.example', recordType: 'A' }],
  ['Match', 'dns', 'match', { recordType: 'A', match: 'any_of', expectedValues: '192.0.2.1', observed: '192.0.2.1' }],
]

/** n8n's own node, with our credential. */
const HTTP_REQUEST = 'Ask with HTTP Request'

export const ACTIONS: readonly string[] = [...STEPS.map(([name]) => name), HTTP_REQUEST]

/** `trigger` are the trigger's parameters, `baseUrl` the server's address. */
export function radarWorkflow(credential: Credential, baseUrl: string, trigger: object = {}): WorkflowJson {
  const credentials = { dnsRadarApi: credential }
  const nodes = [
    {
      name: 'Radar',
      type: 'n8n-nodes-dnsradar.dnsRadarTrigger',
      typeVersion: 1,
      webhookId: '5b0e6f5c-6f2a-4c0e-9b59-0d6c1e2f3a4b',
      parameters: { events: ['record.*'], ...trigger },
    },
    ...STEPS.map(([name, resource, operation, parameters]) => ({
      name,
      type: 'n8n-nodes-dnsradar.dnsRadar',
      typeVersion: 1,
      executeOnce: true,
      parameters: { resource, operation, ...parameters },
    })),
    {
      name: HTTP_REQUEST,
      type: 'n8n-nodes-base.httpRequest',
      typeVersion: 4.2,
      executeOnce: true,
      parameters: {
        url: `${baseUrl}/me`,
        authentication: 'predefinedCredentialType',
        nodeCredentialType: 'dnsRadarApi',
      },
    },
  ].map((node, index) => ({ ...node, credentials, id: `node-${index}`, position: [200 * index, 0] }))
  const names = nodes.map(({ name }) => name)
  const connections = Object.fromEntries(
    names.slice(0, -1).map((name, index) => [name, { main: [[{ node: names[index + 1], type: 'main', index: 0 }]] }]),
  )
  return { name: 'Radar', nodes, connections, settings: { executionOrder: 'v1' } }
}
