/** How an attempt leaves the process. */
import type { Outcome } from '../delivery/delivery.ts'
import type { HttpRequest } from '../delivery/request.ts'

/** Sends one request to a guarded target. Never rejects: everything that can go wrong is an `Outcome`. */
export interface Sender extends AsyncDisposable {
  send(request: HttpRequest, signal?: AbortSignal): Promise<Outcome>
}
