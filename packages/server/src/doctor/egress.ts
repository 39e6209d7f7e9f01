/**
 * Whether the targets of webhooks can be reached: their names resolved, their addresses allowed, a connection opened.
 * Nothing is sent; whether a receiver likes what it gets is what a test event is for.
 */
import { connect } from 'node:net'
import { checkAddresses, checkTarget, hostOf, portOf, type TargetRules } from '@dnsradar/core/send/guard'
import type { Lookup } from '@dnsradar/core/send/lookup'
import { RadarError } from '@dnsradar/core'
import { type Finding, findings } from './finding.ts'

export interface EgressCare {
  /** Of enabled webhooks. */
  readonly urls: readonly string[]
  readonly rules: TargetRules
  readonly lookup: Lookup
  /** Through it goes everything when there is one. */
  readonly proxyUrl: string | null
  readonly timeoutMs: number
}

const { ok, warning, fault } = findings('egress')

/** As many as it takes to see what is wrong; more would be a flood. */
const MOST_TARGETS = 20

export async function examineEgress({ urls, proxyUrl, ...care }: EgressCare): Promise<Finding[]> {
  if (proxyUrl !== null)
    return [await dialled('The proxy', new URL(proxyUrl), await care.lookup(hostOf(new URL(proxyUrl))), care)]
  const targets = new Map(
    urls.flatMap((url) => {
      const parsed = URL.parse(url)
      return parsed === null || parsed.protocol === 'mailto:' ? [] : [[parsed.origin, url]]
    }),
  )
  if (targets.size === 0) return [ok('No enabled webhook has a target that could be tried.')]
  const tried = [...targets.values()].slice(0, MOST_TARGETS)
  const found = await Promise.all(tried.map((url) => examineTarget(url, care)))
  return targets.size > tried.length
    ? [...found, ok(`${targets.size - tried.length} more targets were not tried.`)]
    : found
}

type Care = Omit<EgressCare, 'urls' | 'proxyUrl'>

async function examineTarget(text: string, care: Care): Promise<Finding> {
  const { host } = new URL(text)
  try {
    const url = checkTarget(text, care.rules)
    const addresses = await care.lookup(hostOf(url))
    const blocked = checkAddresses(url, addresses, care.rules)
    if (blocked !== null)
      return fault(`${host} ${blocked}.`, 'Requests to it fail until DNSRADAR_WEBHOOK_ALLOW opens it.')
    return await dialled(host, url, addresses, care)
  } catch (error) {
    if (error instanceof RadarError)
      return fault(`${host}: ${error.message}`, 'Change the webhook, or open the target.')
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    return fault(`${host} does not resolve (${code}).`, 'Check the name, and DNSRADAR_WEBHOOK_RESOLVERS.')
  }
}

async function dialled(what: string, url: URL, addresses: readonly string[], { timeoutMs }: Care): Promise<Finding> {
  const started = performance.now()
  const [first = hostOf(url)] = addresses
  const failure = await dial(first, portOf(url), timeoutMs)
  const where = `${what} (${first}, port ${portOf(url)})`
  if (failure === null) return ok(`${where} takes connections after ${Math.round(performance.now() - started)} ms.`)
  return warning(`${where} takes no connection: ${failure}.`, 'Let this machine out to it, or check whether it runs.')
}

/** Null when it was opened. */
function dial(host: string, port: number, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (failure: string | null): void => {
      socket.destroy()
      resolve(failure)
    }
    socket.setTimeout(timeoutMs, () => end(`nothing within ${timeoutMs} ms`))
    socket.once('connect', () => end(null))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
