import type { Outcome, WebhookMethod } from '../delivery/delivery.ts'

/** A complete HTTP request: what is signed is what is sent. */
export interface HttpRequest {
  readonly url: string
  readonly method: WebhookMethod
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** Deadline of the whole attempt, from look-up to the last byte read, in milliseconds. */
  readonly timeoutMs: number
}

/** Sends one request to a guarded target. Never rejects: everything that can go wrong is an `Outcome`. */
export interface Sender extends AsyncDisposable {
  send(request: HttpRequest, signal?: AbortSignal): Promise<Outcome>
}
