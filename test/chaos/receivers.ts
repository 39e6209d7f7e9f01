/** The receivers of a run: each answers in its own bad way, until it is healed, and notes what it saw. */
import { createHash } from 'node:crypto'
import type { DeliveryId } from '@dnsradar/core'
import { bodySignature, textHeaders } from '../harness/delivered.ts'
import { type ReceivedRequest, startReceiver } from '../harness/webhook-receiver.ts'
import { type Behaviour, HEALTHY, type Occasion } from './cast.ts'
import { SEND_HEADER } from './protocol.ts'

/** One request as its receiver saw it. */
export interface Arrival {
  /** The send it belongs to. */
  readonly key: string
  readonly delivery: DeliveryId
  /** Null beside the queue. */
  readonly sequence: number | null
  readonly bodyHash: string
  /** `X-DNSRadar-Signature` as sent, and what a documented receiver computes. */
  readonly signature: string
  readonly expectedSignature: string
  readonly headers: Readonly<Record<string, string>>
  readonly raw: string
  readonly at: number
  /** Null until it is answered; a status that nobody was there to read any more is none. */
  answer: { readonly status: number; readonly at: number } | null
}

export interface ChaosReceiver extends AsyncDisposable {
  readonly url: string
  readonly arrivals: readonly Arrival[]
  heal(): void
}

export async function startChaosReceiver(
  behaviour: Behaviour,
  secret: string,
  random: () => number,
): Promise<ChaosReceiver> {
  const receiver = await startReceiver()
  const arrivals: Arrival[] = []
  const tries = new Map<DeliveryId, number>()
  let current = behaviour

  receiver.answer((request, response) => {
    const arrival = arrivalOf(request, secret)
    const before = tries.get(arrival.delivery) ?? 0
    const occasion: Occasion = { count: arrivals.length, tries: before, isTest: arrival.sequence === null, random }
    tries.set(arrival.delivery, before + 1)
    arrivals.push(arrival)
    const reply = current(occasion)
    if (reply === 'never') return
    const answer = (): void => {
      if (response.destroyed || response.socket === null || response.socket.destroyed) return
      arrival.answer = { status: reply.status, at: Date.now() }
      response.writeHead(reply.status, { ...reply.headers }).end()
    }
    if (reply.afterMs === undefined) answer()
    else setTimeout(answer, reply.afterMs)
  })
  return {
    url: receiver.url,
    arrivals,
    heal: () => void (current = HEALTHY),
    [Symbol.asyncDispose]: () => receiver.close(),
  }
}

function arrivalOf(request: ReceivedRequest, secret: string): Arrival {
  const headers = textHeaders(request)
  const sequence = headers['webhook-sequence']
  return {
    key: headers[SEND_HEADER] ?? '',
    delivery: headers['webhook-id'] as DeliveryId,
    sequence: sequence === undefined ? null : Number(sequence),
    bodyHash: createHash('sha256').update(request.raw).digest('hex'),
    signature: headers['x-dnsradar-signature'] ?? '',
    expectedSignature: bodySignature(secret, request.raw),
    headers,
    raw: request.body,
    at: request.time,
    answer: null,
  }
}
