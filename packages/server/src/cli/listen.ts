/**
 * `listen`: what webhooks would be sent, sent to a port of this machine, without a tunnel.
 *
 * The stream brings it here and this process delivers it, signed as the server signs. Without a webhook of its own on
 * the server nothing has to be set up there and nothing is left behind; with one, exactly what that webhook is sent.
 */
import { randomBytes } from 'node:crypto'
import type { Client, StreamMessage, WireEvent } from '@dnsradar/client'
import { createMint, systemClock } from '@dnsradar/core'
import { generateSecret } from '@dnsradar/core/delivery/sign'
import type { Context } from './context.ts'
import { EXIT, usage } from './failure.ts'
import { type Forwarded, type Forwarder, createForwarder, type Package } from './forward.ts'
import { jsonText, type Output, paint, shown } from './output.ts'
import { openClient } from './remote.ts'
import { packageOfEvent, packageOfRequest } from './repack.ts'

export interface Asked {
  readonly to: string
  readonly webhook?: string
  readonly group?: string
  readonly secret?: string
  readonly count?: number
  readonly json: boolean
}

export async function listen(context: Context, asked: Asked): Promise<number> {
  const { output } = context
  const secret = asked.secret ?? generateSecret(randomBytes)
  const forwarder = createForwarder({ url: targetOf(asked.to), secret, isGiven: asked.secret !== undefined })
  const client = openClient(context, { onOpen: () => greet(output, asked, secret) })
  const ended = new AbortController()
  const signal = AbortSignal.any([context.interrupted(), ended.signal])
  const session = createSession(output, forwarder, asked)
  const keys = readKeys(context, {
    r: () => void session.resend(),
    q: () => ended.abort(),
    // In raw mode Ctrl-C is a key.
    '\u0003': () => ended.abort(),
  })
  try {
    for await (const message of client.stream(queryOf(asked), { signal })) {
      const parcel = await unpack(client, asked, message)
      if (parcel !== null) await session.deliver(parcel)
      if (session.isDone()) break
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    keys.close()
  }
  return session.allAccepted() || asked.count === undefined ? EXIT.done : EXIT.no
}

function targetOf(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return given
  throw usage(`--to ${JSON.stringify(given)} is no address; use one such as http://127.0.0.1:3000/hook.`)
}

function greet(output: Output, { to }: Asked, secret: string): void {
  output.err(`Listening: deliveries go to ${shown(to)}.`)
  output.err(`Signing secret ${shown(secret)}`)
  output.err('r sends the last one again, q ends.')
}

function queryOf({ webhook }: Asked): { types: string; webhook?: string } {
  return webhook === undefined ? { types: 'event' } : { types: 'request', webhook }
}

const mint = createMint(systemClock.now, randomBytes)
/** One for the whole session, as one webhook would have. */
const OWN_WEBHOOK = mint('wh')

/** Null for what is not to be delivered. */
async function unpack(client: Client, { webhook, group }: Asked, message: StreamMessage): Promise<Package | null> {
  switch (message.type) {
    case 'event':
      return isOf(message.data, group) ? packageOfEvent(message.data, mint('req'), OWN_WEBHOOK) : null
    case 'request': {
      const request = await client.getRequest(webhook ?? message.data.webhook_uuid, message.data.uuid)
      return packageOfRequest(request, await eventOf(client, request.event_uuid))
    }
    case 'monitor':
      return null
  }
}

function isOf(event: WireEvent, group: string | undefined): boolean {
  return group === undefined || event.group === group
}

/** Null when there is none: a test, a system event, or one that retention has dropped. */
async function eventOf(client: Client, id: string | null): Promise<WireEvent | null> {
  if (id === null) return null
  return client.getEvent(id).catch(() => null)
}

interface Session {
  /** Each once: a request is told of again with each of its attempts. */
  deliver(parcel: Package): Promise<void>
  resend(): Promise<void>
  isDone(): boolean
  allAccepted(): boolean
}

/** Requests that are remembered: told of again within seconds, or after a lost connection. */
const REMEMBERED = 1_000

function createSession(output: Output, forwarder: Forwarder, { count, json }: Asked): Session {
  const delivered = new Set<string>()
  let last: Package | null = null
  let sent = 0
  let accepted = 0
  /** One at a time, as a webhook's queue does. */
  let turn: Promise<void> = Promise.resolve()

  const send = (parcel: Package, isAgain: boolean): Promise<void> => {
    turn = turn.then(async () => {
      const result = await forwarder.send(parcel)
      sent += 1
      if (result.isAccepted) accepted += 1
      output.out(json ? jsonText(resultObject(parcel, result, isAgain)) : resultLine(output, parcel, result, isAgain))
    })
    return turn
  }

  return {
    async deliver(parcel) {
      if (delivered.has(parcel.id)) return
      delivered.add(parcel.id)
      const [oldest] = delivered
      if (delivered.size > REMEMBERED && oldest !== undefined) delivered.delete(oldest)
      last = parcel
      await send(parcel, false)
    },
    async resend() {
      if (last === null) output.err('Nothing was delivered yet.')
      else await send(last, true)
    },
    isDone: () => count !== undefined && sent >= count,
    allAccepted: () => accepted === sent,
  }
}

function resultObject(parcel: Package, { status, error, durationMs }: Forwarded, isAgain: boolean): object {
  return { request: parcel.id, event: parcel.kind, again: isAgain, status, error, duration_ms: Math.round(durationMs) }
}

function resultLine({ screen }: Output, parcel: Package, result: Forwarded, isAgain: boolean): string {
  const { status, error, durationMs, isAccepted } = result
  const answer = `${status ?? error ?? ''} in ${Math.round(durationMs)} ms`
  return [
    parcel.kind,
    shown(parcel.about),
    paint(screen, 'dim', parcel.id),
    paint(screen, isAccepted ? 'green' : 'red', shown(answer)) + (isAgain ? ' (again)' : ''),
  ].join('  ')
}

/** Keys one by one on a terminal; through a pipe, characters that come. */
function readKeys({ input }: Context, actions: Readonly<Record<string, () => void>>): { close(): void } {
  const hear = (chunk: Buffer | string): void => {
    for (const key of chunk.toString()) actions[key]?.()
  }
  if (input.isTTY) input.setRawMode?.(true)
  input.on('data', hear)
  return {
    close() {
      input.off('data', hear)
      if (input.isTTY) input.setRawMode?.(false)
      input.pause()
    },
  }
}
