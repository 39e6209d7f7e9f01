/**
 * What n8n-core expects around a node: credentials, addresses, a workflow. It is internal to n8n and changes: it stands
 * here and in contexts.ts and nowhere else.
 */
import {
  type IAuthenticateGeneric,
  type IDataObject,
  type INode,
  type INodeParameters,
  type INodeType,
  type IWorkflowExecuteAdditionalData,
  Workflow,
} from 'n8n-workflow'
import { DnsRadarApi } from '../credentials/DnsRadarApi.credentials.ts'
import { DnsRadar } from '../nodes/DnsRadar/DnsRadar.node.ts'
import { DnsRadarTrigger } from '../nodes/DnsRadarTrigger/DnsRadarTrigger.node.ts'

export interface Credential {
  readonly baseUrl: string
  readonly apiKey: string
}

export const ACTION = 'n8n-nodes-dnsradar.dnsRadar'
export const TRIGGER = 'n8n-nodes-dnsradar.dnsRadarTrigger'
export const action = new DnsRadar()
export const trigger = new DnsRadarTrigger()
const TYPES: Record<string, INodeType> = { [ACTION]: action, [TRIGGER]: trigger }
const credentialType = new DnsRadarApi()

const nodeTypes = {
  getByName: (name: string) => TYPES[name] as INodeType,
  getByNameAndVersion: (name: string) => TYPES[name] as INodeType,
  getKnownTypes: () => ({}),
}

/** `n8nUrl` is where this n8n is told that others reach it. */
export function surroundings(credential: Credential, n8nUrl: string): IWorkflowExecuteAdditionalData {
  return {
    credentialsHelper: {
      getDecrypted: async () => ({ ...credential }),
      isCredentialUsableByNode: () => true,
      getParentTypes: () => [],
      getCredentialsProperties: () => credentialType.properties,
      preAuthentication: async () => undefined,
      authenticate: async (_given: object, _type: string, request: object, workflow: Workflow, node: INode) => {
        const { headers = {} } = (credentialType.authenticate as IAuthenticateGeneric).properties as {
          headers?: Record<string, string>
        }
        const keys = { $credentials: { ...credential } }
        const resolved = Object.entries(headers).map(([name, value]) => [
          name,
          workflow.expression.getSimpleParameterValue(node, value, 'internal', keys, undefined, ''),
        ])
        return {
          ...request,
          headers: { ...('headers' in request ? (request.headers as object) : {}), ...Object.fromEntries(resolved) },
        }
      },
    },
    webhookBaseUrl: `${n8nUrl}/webhook`,
    webhookTestBaseUrl: `${n8nUrl}/webhook-test`,
    webhookWaitingBaseUrl: `${n8nUrl}/webhook-waiting`,
    formWaitingBaseUrl: `${n8nUrl}/form-waiting`,
    restApiUrl: `${n8nUrl}/rest`,
    instanceBaseUrl: n8nUrl,
    executionId: '1',
    hooks: { runHook: async () => undefined },
    variables: {},
  } as unknown as IWorkflowExecuteAdditionalData
}

/** The workflow of one node, and the node. */
export function workflowWith(
  type: string,
  parameters: INodeParameters,
  staticData: IDataObject = {},
): [Workflow, INode] {
  const node: INode = {
    id: 'node-1',
    name: 'Radar',
    type,
    typeVersion: 1,
    position: [0, 0],
    parameters,
    webhookId: 'hook-1',
    credentials: { dnsRadarApi: { id: '1', name: 'Radar' } },
  }
  const workflow = new Workflow({ id: 'w1', nodes: [node], connections: {}, active: false, nodeTypes, staticData })
  return [workflow, workflow.getNode('Radar') as INode]
}
