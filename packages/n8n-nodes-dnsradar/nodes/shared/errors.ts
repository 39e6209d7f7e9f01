/** What the API refused, in the words of n8n: what happened, and one way to go on. */
import { type INode, type JsonObject, NodeApiError, NodeError, NodeOperationError } from 'n8n-workflow'
import { ApiError, type ProblemCode } from './client.ts'

const HINTS: Partial<Record<ApiError['code'], string>> = {
  no_key: 'Choose a credential with an API key.',
  unknown_key: 'Copy the key of the credential again, or make a new one with `dnsradar keys create`.',
  expired_key: 'Make a new key with `dnsradar keys create` and put it into the credential.',
  missing_scope: 'Use a key with the scope that the message names.',
  plan_monitors: 'Delete monitors, or have the plan of the organization raised.',
  plan_frequency: 'Choose a longer frequency, or have the plan of the organization raised.',
  not_found: 'Check the ID: it may be deleted, or belong to another organization than the key.',
  blocked_target:
    'A private address is a webhook target only when the server allows it: see DNSRADAR_WEBHOOK_ALLOW of DNSRadar, and N8N_WEBHOOK_URL of n8n for the address it gives out.',
  subscription_limit: 'Delete subscriptions that nobody uses, or raise DNSRADAR_SUBSCRIPTIONS of the server.',
  group_webhook_limit: 'Delete a webhook of the group, or use the DNSRadar Trigger: its subscriptions do not count.',
  monitor_disabled: 'Enable the monitor first.',
  webhook_disabled: 'Enable the webhook first.',
  group_not_empty: 'Move or delete the monitors of the group first.',
  external_id_taken: 'Choose another external ID, or use Create or Update.',
  rate_limited: 'Put a Wait node before this one, or handle fewer items at once.',
  not_ready: 'The server is starting or cannot reach its database: try again in a moment.',
  unexpected_response: 'Check the base URL of the credential: it must be the address of a DNSRadar server.',
} satisfies Partial<Record<ProblemCode | 'unexpected_response', string>>

/** An error as n8n shows it: of one item when `itemIndex` is given. */
export function nodeError(node: INode, error: unknown, itemIndex?: number): NodeError {
  if (error instanceof ApiError) return refusal(node, error, itemIndex)
  if (error instanceof NodeError) {
    if (itemIndex !== undefined) error.context.itemIndex ??= itemIndex
    return error
  }
  return new NodeOperationError(node, error instanceof Error ? error : String(error), ofItem(itemIndex))
}

function refusal(node: INode, error: ApiError, itemIndex: number | undefined): NodeApiError {
  const { message, code, status, requestId } = error
  const fields = Object.entries(error.fields).map(([field, fault]) => `${field}: ${fault}`)
  const hint = HINTS[code]
  const description = [...fields, ...(hint === undefined ? [] : [hint])].join('\n')
  const response: JsonObject = { message, code, status, requestId, fields: { ...error.fields } }
  return new NodeApiError(node, response, {
    message: `${message} (${code})`,
    description: description === '' ? message : description,
    httpCode: String(status),
    ...ofItem(itemIndex),
  })
}

function ofItem(itemIndex: number | undefined): { itemIndex?: number } {
  return itemIndex === undefined ? {} : { itemIndex }
}
