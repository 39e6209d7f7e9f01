/**
 * The client over n8n's own HTTP helper, which adds the credential, honours the instance's proxy and SSRF settings and
 * is the only way out that verified nodes have.
 */
import {
  type IExecuteFunctions,
  type IHookFunctions,
  type IHttpRequestMethods,
  type ILoadOptionsFunctions,
  type JsonObject,
  NodeApiError,
  sleep,
} from 'n8n-workflow'
import { type ApiRequest, type ApiResponse, type Client, createClient } from './client.ts'

export type ApiContext = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions

export const CREDENTIAL = 'dnsRadarApi'

/** Of one request. n8n gives an activation a minute and retries it. */
const TIMEOUT_MS = 30_000

interface FullResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
}

export interface Patience {
  readonly itemIndex?: number
  /** Milliseconds: asked to wait longer than this, the client gives up. */
  readonly longestWaitMs?: number
}

/** Tries again when the server says when (429, 503): three tries at most, and never after a minute's wait. */
export async function radarClient(context: ApiContext, patience: Patience = {}): Promise<Client> {
  const { itemIndex = 0, longestWaitMs = 60_000 } = patience
  const { baseUrl } = await context.getCredentials<{ baseUrl: string }>(CREDENTIAL, itemIndex)
  const base = baseUrl.trim().replace(/\/+$/, '')
  return createClient((request) => send(context, base, request, itemIndex), { wait: (ms) => sleep(ms), longestWaitMs })
}

async function send(context: ApiContext, base: string, request: ApiRequest, itemIndex: number): Promise<ApiResponse> {
  try {
    const response = (await context.helpers.httpRequestWithAuthentication.call(context, CREDENTIAL, {
      method: request.method as IHttpRequestMethods,
      url: `${base}${request.path}`,
      qs: { ...request.query },
      headers: { accept: 'application/json', ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body as object }),
      json: true,
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      // The key belongs to this address: a redirect is an answer that the API does not give.
      disableFollowRedirect: true,
      timeout: TIMEOUT_MS,
    })) as FullResponse
    return { status: response.statusCode, headers: lowerCased(response.headers), body: parsed(response.body) }
  } catch (error) {
    // With a code of the network in it, n8n would write a message of its own that does not say where.
    const cause: JsonObject = { message: error instanceof Error ? error.message : String(error) }
    throw new NodeApiError(context.getNode(), cause, {
      message: `DNSRadar could not be reached at ${base}`,
      description:
        'Check that the server runs, that the base URL of the credential is the address n8n reaches it at, and, with N8N_SSRF_PROTECTION_ENABLED, that N8N_SSRF_ALLOWED_HOSTNAMES names it.',
      itemIndex,
    })
  }
}

function lowerCased(headers: FullResponse['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

/** n8n hands out problem details as text, because their type is not `application/json`. */
function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body ?? null
  if (body === '') return null
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
