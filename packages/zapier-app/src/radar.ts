/** The typed client over Zapier's own HTTP helper: the one place where requests are made and the key is attached. */
import { type ApiResponse, type Client, createClient, type Send } from '@dnsradar/client'
import type { Bundle, ZObject } from 'zapier-platform-core'
import packageJson from '../package.json' with { type: 'json' }
import { type Connection, connectionOf } from './connection.ts'
import { type Purpose, Unreachable, zapierError } from './errors.ts'
import { Fault, notDnsradar } from './fault.ts'

export type Input = Readonly<Record<string, unknown>>

/** What a step does: with the server, the fields that a person filled in, and Zapier's own helpers. */
export type Work<In extends Input, Out> = (radar: Client, input: In, zapier: Zapier<In>) => Promise<Out>

export interface Zapier<In extends Input> {
  readonly z: ZObject
  readonly bundle: Bundle<In>
  readonly connection: Connection
}

/** A step for Zapier: whatever its work throws becomes an error that Zapier knows what to do with. */
export function withRadar<In extends Input, Out>(
  work: Work<In, Out>,
  purpose: Purpose = 'work',
): (z: ZObject, bundle: Bundle<In>) => Promise<Out> {
  return async (z, bundle) => {
    try {
      const connection = connectionOf(bundle.authData)
      return await work(createClient(sendWith(z, connection)), bundle.inputData, { z, bundle, connection })
    } catch (error) {
      throw zapierError(z, error, { purpose, key: bundle.authData['api_key'] })
    }
  }
}

/** Zapier ends a step after 30 s; before that there is time to say why. */
const TIMEOUT_MS = 25_000

function sendWith(z: ZObject, { base, host, key }: Connection): Send {
  return async ({ method, path, query, body, headers }) => {
    const response = await z
      .request({
        url: `${base}${path}`,
        method,
        params: { ...query },
        headers: {
          ...headers,
          Accept: 'application/json',
          'User-Agent': `DNSRadar-Zapier/${packageJson.version}`,
          'X-API-Key': key,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        skipThrowForStatus: true,
        timeout: TIMEOUT_MS,
      })
      .catch((error: unknown) => {
        throw error instanceof z.errors.ThrottledError ? error : new Unreachable(host, reasonOf(error))
      })
    refuseRedirect(response.status, host)
    return answerOf(response)
  }
}

/** Another address than the one that was entered must not get the key. */
function refuseRedirect(status: number, host: string): void {
  if (status < 300 || status >= 400) return
  throw new Fault(
    `${host} answers with a redirect, which is not followed. Set the server address to where it points, often the same with https://.`,
  )
}

function answerOf(response: { status: number; headers: unknown; content: string; data: unknown }): ApiResponse {
  const { status, content, data } = response
  const headers = Object.fromEntries(response.headers as Iterable<readonly [string, string]>)
  // Some other website's page, say.
  const isForeign = status < 300 && content !== '' && (typeof data !== 'object' || data === null)
  if (isForeign) throw notDnsradar()
  return { status, headers, body: content === '' ? null : (data ?? content) }
}

/** `ECONNREFUSED` and the like. The text of such an error is not shown: it may repeat what was sent. */
function reasonOf(error: unknown): string {
  const { code, type } = Object(error) as { code?: unknown; type?: unknown }
  return [code, type].find((part) => typeof part === 'string') ?? 'no answer'
}
