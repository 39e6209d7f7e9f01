/** Runs our nodes inside n8n's own contexts, with its own HTTP helper and expression engine. */
import { ExecuteContext, HookContext, LoadOptionsContext, WebhookContext } from 'n8n-core'
import type {
  IDataObject,
  IExecuteFunctions,
  IHookFunctions,
  ILoadOptionsFunctions,
  INodeExecutionData,
  INodeListSearchResult,
  INodeParameters,
  INodePropertyOptions,
  IWebhookData,
  IWebhookFunctions,
  IWebhookResponseData,
} from 'n8n-workflow'
import { ACTION, action, type Credential, surroundings, TRIGGER, trigger, workflowWith } from './surroundings.ts'

export type { Credential } from './surroundings.ts'

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
  const context = executing(credential, parameters, items, continueOnFail)
  const output = await action.execute.call(context)
  return output[0] ?? []
}

function executing(
  credential: Credential,
  parameters: INodeParameters,
  items: readonly IDataObject[],
  continueOnFail = false,
): IExecuteFunctions {
  const [workflow, node] = workflowWith(ACTION, parameters)
  if (continueOnFail) node.onError = 'continueRegularOutput'
  const input = items.map((json, item) => ({ json, pairedItem: { item } }))
  const inputData = { main: [input] }
  return new ExecuteContext(
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
  ) as IExecuteFunctions
}

/** What n8n makes of `expression` (`={{ … }}`) in a node whose input is `json`. */
export function evaluated(credential: Credential, json: IDataObject, expression: string): unknown {
  return executing(credential, {}, [json]).evaluateExpression(expression.slice(1), 0)
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
  return await action.methods.listSearch[method].call(context as ILoadOptionsFunctions, filter, token)
}

export async function loadGroups(credential: Credential): Promise<INodePropertyOptions[]> {
  const [workflow, node] = workflowWith(TRIGGER, {})
  const context = new LoadOptionsContext(workflow, node, surroundings(credential, 'http://127.0.0.1:5678'), '')
  return await trigger.methods.loadOptions.getGroups.call(context as ILoadOptionsFunctions)
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
  /** What it wrote into n8n's log as warnings. */
  readonly warnings: readonly string[]
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

  const warnings: string[] = []
  const heard = <Context extends object>(context: Context): Context =>
    Object.defineProperty(context, 'logger', { value: { warn: (message: string) => warnings.push(message) } })
  const prepared = () => {
    const [workflow, node] = workflowWith(TRIGGER, self.parameters, { 'node:Radar': staticData })
    return { workflow, node, around: surroundings(credential, n8nUrl) }
  }
  const hook = (name: 'checkExists' | 'create' | 'delete') => {
    const { workflow, node, around } = prepared()
    const webhookData = { isTest: listening } as IWebhookData
    const context = new HookContext(workflow, node, around, mode, listening ? 'manual' : 'activate', webhookData)
    return trigger.webhookMethods.default[name].call(heard(context as IHookFunctions))
  }
  const self: TriggerNode = {
    staticData,
    warnings,
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
      const given: IWebhookResponseData = await trigger.webhook.call(heard(context as IWebhookFunctions))
      if (given.noWebhookResponse !== true) throw new Error('the trigger left the answer to n8n')
      return { ...answer, items: given.workflowData?.[0] }
    },
  }
  return self
}
