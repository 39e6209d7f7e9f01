/**
 * A connection to a guarded target.
 *
 * A name is resolved once, all its addresses are checked, and exactly those are dialled: a resolver that answers
 * differently the second time (DNS rebinding) is never asked a second time. Literal addresses come the same way,
 * because Node calls no `lookup` for them.
 */
import net from 'node:net'
import tls from 'node:tls'
import { parseAddress } from './address.ts'
import { AttemptFailure, codeOf } from './failure.ts'
import { checkAddresses, type TargetRules } from './guard.ts'
import type { Lookup } from './lookup.ts'
import { hostOf, portOf } from './target.ts'

/** What an attempt has seen so far, written while it goes on. Milliseconds; null: not reached, or not needed. */
export interface Trace {
  ip: string | null
  dns: number | null
  connect: number | null
  tls: number | null
}

export interface Dialling {
  readonly url: URL
  readonly rules: TargetRules
  readonly resolve: Lookup
  readonly trace: Trace
  /** Ends the dialling, wherever it is. */
  readonly signal: AbortSignal
}

export async function dial(dialling: Dialling): Promise<net.Socket> {
  const { url, rules, trace, signal } = dialling
  const addresses = await resolveTarget(dialling)
  const fault = checkAddresses(url, addresses, rules)
  if (fault !== null) throw new AttemptFailure('blocked_target', `The url ${fault}.`)
  const started = performance.now()
  const socket = openSocket(url, addresses)
  const stop = (): void => void socket.destroy()
  signal.addEventListener('abort', stop)
  try {
    await happens(socket, 'connect', signal)
    trace.connect = performance.now() - started
    trace.ip = checkedPeer(socket, dialling)
    if (url.protocol === 'https:') await handshake(socket, dialling)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function resolveTarget({ url, resolve, trace, signal }: Dialling): Promise<readonly string[]> {
  const host = hostOf(url)
  if (parseAddress(host) !== null) return [host]
  const started = performance.now()
  try {
    const addresses = await untilAborted(resolve(url.hostname), signal)
    trace.dns = performance.now() - started
    if (addresses.length > 0) return addresses
  } catch (error) {
    if (signal.aborted) throw error
    throw new AttemptFailure('dns', `DNS resolution failed for ${host} (${codeOf(error)})`)
  }
  throw new AttemptFailure('dns', `DNS resolution failed for ${host}: it has no address`)
}

/** The url's name stays in place for SNI and the certificate's check; the checked addresses stand in for its look-up. */
function openSocket(url: URL, addresses: readonly string[]): net.Socket {
  const host = hostOf(url)
  const answer = addresses.map((address) => ({ address, family: net.isIP(address) }))
  const options = {
    host,
    port: portOf(url),
    autoSelectFamily: true,
    lookup: ((_host, _options, done) => done(null, answer)) satisfies net.LookupFunction,
  }
  const servername = net.isIP(host) === 0 ? { servername: host } : {}
  const socket =
    url.protocol === 'https:'
      ? tls.connect({ ...options, ...servername, ALPNProtocols: ['http/1.1'] })
      : net.connect(options)
  // Between two listeners of ours, and before undici's, an error would otherwise end the process.
  return socket.on('error', () => {})
}

/** The last line: whatever was resolved, the address at the other end has to pass. */
function checkedPeer(socket: net.Socket, { url, rules }: Dialling): string {
  const { remoteAddress, localAddress } = socket
  if (remoteAddress === undefined) throw new AttemptFailure('reset', 'Connection reset before the request was sent')
  // One's own address at both ends means this machine: that counts where the API listens on all its addresses.
  const own = rules.ownListen
  const ownListen = own === null || localAddress === undefined ? own : { ...own, interfaces: [localAddress] }
  const fault = checkAddresses(url, [remoteAddress], { ...rules, ownListen })
  if (fault !== null) throw new AttemptFailure('blocked_target', `The url ${fault}.`)
  return remoteAddress
}

async function handshake(socket: net.Socket, { trace, signal }: Dialling): Promise<void> {
  const started = performance.now()
  try {
    await happens(socket, 'secureConnect', signal)
  } catch (error) {
    const code = codeOf(error)
    if (signal.aborted || code === 'ECONNRESET') throw error
    throw new AttemptFailure('tls', `SSL certificate error: ${tlsReason(error)} (${code})`)
  }
  trace.tls = performance.now() - started
}

/** OpenSSL keeps its reason apart from a message full of internals; Node appends advice for developers after a semicolon. */
function tlsReason(error: unknown): string {
  if (!(error instanceof Error)) return 'handshake failed'
  if ('reason' in error && typeof error.reason === 'string') return error.reason
  return error.message.split(/[;\n]/)[0] ?? error.message
}

function happens(socket: net.Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off(event, done).off('error', failed).off('close', closed)
      act()
    }
    const done = (): void => settle(resolve)
    const failed = (error: Error): void => settle(() => reject(error))
    const closed = (): void => settle(() => reject(signal.aborted ? signal.reason : new AttemptFailure('reset', RESET)))
    socket.once(event, done).once('error', failed).once('close', closed)
  })
}

const RESET = 'Connection reset before the request was sent'

/** Rejects with the signal's reason when it aborts first; the work itself cannot be stopped and is forgotten. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
