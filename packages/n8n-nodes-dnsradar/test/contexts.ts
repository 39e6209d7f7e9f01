/**
 * Runs our nodes inside n8n's own contexts, with its own HTTP helper and expression engine. What n8n-core expects
 * around a context is internal to it and changes: it stands here and nowhere else.
 */
import { ExecuteContext, HookContext, LoadOptionsContext, WebhookContext } from 'n8n-core'
import {
  type IAuthenticateGeneric,
  type IDataObject,
  type IExecuteFunctions,
  type IHookFunctions,
  type ILoadOptionsFunctions,
  type INode,
  type INodeExecutionData,
  type INodeListSearchResult,
  type INodeParameters,
  type INodePropertyOptions,
  type INodeType,
  type IWebhookData,
  type IWebhookFunctions,
  type IWebhookResponseData,
  type IWorkflowExecuteAdditionalData,
  Workflow,
} from 'n8n-workflow'
import { DnsRadarApi } from '../credentials/DnsRadarApi.credentials.ts'
import { DnsRadar } from '../nodes/DnsRadar/DnsRadar.node.ts'
import { DnsRadarTrigger } from '../nodes/DnsRadarTrigger/DnsRadarTrigger.node.ts'
import { asText } from '../nodes/shared/text.ts'

export interface Credential {
  readonly baseUrl: string
  readonly apiKey: string
}

const ACTION = 'n8n-nodes-dnsradar.dnsRadar'
const TRIGGER = 'n8n-nodes-dnsradar.dnsRadarTrigger'
const TYPES: Record<string, INodeType> = { [ACTION]: new DnsRadar(), [TRIGGER]: new DnsRadarTrigger() }
const credentialType = new DnsRadarApi()

const nodeTypes = {
  getByName: (name: string) => TYPES[name] as INodeType,
  getByNameAndVersion: (name: string) => TYPES[name] as INodeType,
  getKnownTypes: () => ({}),
}

/** `n8nUrl` is where this n8n is told that others reach it. */
function surroundings(credential: Credential, n8nUrl: string): IWorkflowExecuteAdditionalData {
  return {
    credentialsHelper: {
      getDecrypted: async () => ({ ...credential }),
      isCredentialUsableByNode: () => true,
      getParentTypes: () => [],
      getCredentialsProperties: () => credentialType.properties,
      preAuthentication: async () => undefined,
      authenticate: async (_given: object, _type: string, request: { headers?: object }) => {
        const { headers } = (credentialType.authenticate as IAuthenticateGeneric).properties
        const value = asText(headers?.['X-API-Key']).replace('={{$credentials.apiKey}}', credential.apiKey)
        return { ...request, headers: { ...request.headers, 'X-API-Key': value } }
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

function workflowWith(type: string, parameters: INodeParameters, staticData: IDataObject = {}): [Workflow, INode] {
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

export interface RunOptions {
  readonly continueOnFail?: boolean
}

/** Runs the action node over `items`, each of which may be read by expressions in `parameters`. */
export async function runAction(
  credential: Credential,
  parameters: INodeParameters,
  items: readonly IDataObject[] = [{}],
  { continueOnFail = false }: RunOptions = {},
): Promise<INodeExecutionData[]> {
  const [workflow, node] = workflowWith(ACTION, parameters)
  if (continueOnFail) node.onError = 'continueRegularOutput'
  const input = items.map((json, item) => ({ json, pairedItem: { item } }))
  const inputData = { main: [input] }
  const context = new ExecuteContext(
    workflow,
    node,
    surroundings(credential, 'http://127.0.0.1:5678'),
    'manual',
    { resultData: { runData: {} } } as never,
    0,
    input,
    inputData,
    { data: inputData, node, source: null },
    [],
  )
  const output = await (TYPES[ACTION] as DnsRadar).execute.call(context as IExecuteFunctions)
  return output[0] ?? []
}

export type ListMethod = 'searchMonitors' | 'searchGroups' | 'searchWebhooks'

export async function searchList(
  credential: Credential,
  method: ListMethod,
  filter?: string,
  token?: string,
): Promise<INodeListSearchResult> {
  const [workflow, node] = workflowWith(ACTION, {})
  const context = new LoadOptionsContext(workflow, node, surroundings(credential, 'http://127.0.0.1:5678'), '')
  return await (TYPES[ACTION] as DnsRadar).methods.listSearch[method].call(
    context as ILoadOptionsFunctions,
    filter,
    token,
  )
}

export async function loadGroups(credential: Credential): Promise<INodePropertyOptions[]> {
  const [workflow, node] = workflowWith(TRIGGER, {})
  const context = new LoadOptionsContext(workflow, node, surroundings(credential, 'http://127.0.0.1:5678'), '')
  return await (TYPES[TRIGGER] as DnsRadarTrigger).methods.loadOptions.getGroups.call(context as ILoadOptionsFunctions)
}

export interface Incoming {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly raw: Buffer
}

export interface Received {
  readonly status: number
  readonly body: unknown
  /** The items the workflow starts with; undefined when it does not start. */
  readonly items: INodeExecutionData[] | undefined
}

/** A trigger node of one workflow, active or listened to. What n8n keeps for it is `staticData`. */
export interface TriggerNode {
  readonly staticData: IDataObject
  /** The url that it subscribes with. */
  readonly url: string
  parameters: INodeParameters
  checkExists(): Promise<boolean>
  create(): Promise<boolean>
  delete(): Promise<boolean>
  /** As n8n activates: asks whether it is there, and makes it if not. */
  activate(): Promise<void>
  receive(incoming: Incoming): Promise<Received>
}

export interface TriggerSetting {
  readonly n8nUrl: string
  readonly parameters?: INodeParameters
  readonly listening?: boolean
  readonly staticData?: IDataObject
}

export function triggerNode(credential: Credential, setting: TriggerSetting): TriggerNode {
  const { n8nUrl, listening = false } = setting
  const staticData = setting.staticData ?? {}
  const mode = listening ? 'manual' : 'trigger'
  const trigger = TYPES[TRIGGER] as DnsRadarTrigger

  const prepared = () => {
    const [workflow, node] = workflowWith(TRIGGER, self.parameters, { 'node:Radar': staticData })
    return { workflow, node, around: surroundings(credential, n8nUrl) }
  }
  const hook = (name: 'checkExists' | 'create' | 'delete') => {
    const { workflow, node, around } = prepared()
    const webhookData = { isTest: listening } as IWebhookData
    const context = new HookContext(workflow, node, around, mode, listening ? 'manual' : 'activate', webhookData)
    return trigger.webhookMethods.default[name].call(context as IHookFunctions)
  }
  const self: TriggerNode = {
    staticData,
    url: `${n8nUrl}/${listening ? 'webhook-test' : 'webhook'}/hook-1/webhook`,
    parameters: setting.parameters ?? {},
    checkExists: () => hook('checkExists'),
    create: () => hook('create'),
    delete: () => hook('delete'),
    async activate() {
      if (!(await self.checkExists())) await self.create()
    },
    async receive({ headers, raw }) {
      const { workflow, node, around } = prepared()
      const answer: { status: number; body: unknown } = { status: 0, body: undefined }
      const response = {
        status(code: number) {
          answer.status = code
          return response
        },
        json(body: unknown) {
          answer.body = body
          return response
        },
      }
      around.httpRequest = { headers, rawBody: raw, body: {}, params: {}, query: {} } as never
      around.httpResponse = response as never
      const webhookData = { isTest: listening, webhookDescription: { name: 'default' } } as IWebhookData
      const context = new WebhookContext(
        workflow,
        node,
        around,
        listening ? 'manual' : 'webhook',
        webhookData,
        [],
        null,
      )
      const given: IWebhookResponseData = await trigger.webhook.call(context as IWebhookFunctions)
      if (given.noWebhookResponse !== true) throw new Error('the trigger left the answer to n8n')
      return { ...answer, items: given.workflowData?.[0] }
    },
  }
  return self
}
