/** An answer that goes on: server-sent events. */
import type { Clock } from '@dnsradar/core'
import type { Response } from 'express'
import { retryFrame } from '../stream/frame.ts'
import { createOutlet } from '../stream/outlet.ts'
import type { Send } from '../stream/streams.ts'

/** A reader that lost its connection comes back after so long. */
const RETRY_MS = 3_000

/** Resolves when the stream has ended. What fails before it began is answered as any other refusal. */
export async function sendStream(res: Response, clock: Clock, send: Send): Promise<void> {
  describeStream(res)
  const outlet = createOutlet(res, clock)
  const begin = (): void => {
    res.flushHeaders()
    outlet.beat(retryFrame(RETRY_MS))
  }
  try {
    await send(outlet, begin)
  } catch (error) {
    // Of a reader that went away meanwhile there is nobody to be told.
    if (!outlet.closed.aborted) throw error
  }
  outlet.close()
}

/** What HEAD is told. */
export function sendStreamHead(res: Response): void {
  describeStream(res)
  res.end()
}

/** No proxy keeps it, or holds it back to make it smaller or whole. Not to be stored at all is said of every answer. */
function describeStream(res: Response): void {
  res.status(200).type('text/event-stream')
  res.setHeader('X-Accel-Buffering', 'no')
}
