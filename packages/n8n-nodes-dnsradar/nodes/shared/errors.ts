/** What the API refused, in the words of n8n: what happened, and one way to go on. */
import { type INode, type JsonObject, NodeApiError, NodeError, NodeOperationError } from 'n8n-workflow'
import { ApiError, type ProblemCode } from './client.ts'

const HINTS: Partial<Record<ProblemCode | 'unexpected_response', string>> = {
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
  not_head: 'Only the request at the head of the queue, or one that was delivered, can be sent again.',
  in_progress: 'The same is still being done: try again in a moment.',
  group_not_empty: 'Move or delete the monitors of the group first.',
  external_id_taken: 'Choose another external ID, or use Create or Update.',
  body_too_large: 'Send fewer or shorter values at once.',
  rate_limited: 'Put a Wait node before this one, or handle fewer items at once.',
  internal: 'The log of the server says more: look for the request ID.',
  not_ready: 'The server is starting or cannot reach its database: try again in a moment.',
  unexpected_response: 'Check the base URL of the credential: it must be the address of a DNSRadar server.',
}

/** Does `act`; what it fails with comes out as an error that n8n shows. */
export async function reporting<T>(context: { getNode(): INode }, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw nodeError(context.getNode(), error)
  }
}

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
  const request = code === 'internal' && requestId !== null ? [`Request ID: ${requestId}`] : []
  const description = [...fields, HINTS[code] ?? [], ...request].flat().join('\n')
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
