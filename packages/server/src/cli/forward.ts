/** Sends one delivery to an address of the caller's own, with the headers and signatures of the real thing. */
import { type DeliveryId, systemClock } from '@dnsradar/core'
import { signatureHeaders } from '@dnsradar/core/delivery/sign'
import { USER_AGENT } from '../version.ts'
import { reasonOf } from './failure.ts'

export interface Package {
  /** The same each time it is sent, so that a receiver can tell a repeat. */
  readonly id: string
  readonly kind: string
  readonly group: string | null
  readonly externalId: string | null
  readonly sequence: number | null
  readonly contentType: string
  /** The exact text. */
  readonly body: string
  /** For people. */
  readonly about: string
}

export interface Forwarded {
  /** Null when no answer came. */
  readonly status: number | null
  readonly error: string | null
  readonly isAccepted: boolean
  readonly durationMs: number
}

export interface Forwarder {
  /** Never rejects. */
  send(parcel: Package): Promise<Forwarded>
}

export interface ForwarderOptions {
  readonly url: string
  readonly secret: string
  /** The secret is the receiver's own: then the signature over the body alone is sent too. */
  readonly isGiven: boolean
}

/** What the server gives a webhook. */
const TIMEOUT_MS = 5_000

export function createForwarder({ url, secret, isGiven }: ForwarderOptions): Forwarder {
  const headersOf = (parcel: Package): Headers => {
    const signed = signatureHeaders({
      body: parcel.body,
      deliveryId: parcel.id as DeliveryId,
      secret,
      callerGaveSecret: isGiven,
      previousSecret: null,
      previousSecretUntil: null,
      now: systemClock.now(),
    })
    const optional = [
      ['webhook-sequence', parcel.sequence === null ? null : String(parcel.sequence)],
      ['X-DNSRadar-Group', parcel.group],
      ['X-DNSRadar-External-Id', parcel.externalId],
    ] as const
    const headers = new Headers([
      ['Content-Type', parcel.contentType],
      ['User-Agent', USER_AGENT],
      ['X-DNSRadar-Event', parcel.kind],
      ...signed.map(([name, value]): [string, string] => [name, value]),
    ])
    for (const [name, value] of optional) if (value !== null) headers.set(name, value)
    return headers
  }

  return {
    async send(parcel) {
      const started = systemClock.monotonic()
      const spent = (): number => systemClock.monotonic() - started
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: headersOf(parcel),
          body: parcel.body,
          redirect: 'manual',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        })
        await response.body?.cancel()
        return { status: response.status, error: null, isAccepted: response.ok, durationMs: spent() }
      } catch (error) {
        return { status: null, error: reasonOf(error), isAccepted: false, durationMs: spent() }
      }
    },
  }
}
