/** Watching live. */
import { openStream } from '../actions/stream.ts'
import { type Route, streamRoute } from '../http/route.ts'
import { StreamMessage, StreamQuery } from '../schemas/stream.ts'

export const streamRoutes: readonly Route[] = [
  streamRoute({ path: '/stream', auth: 'read', query: StreamQuery, response: StreamMessage, open: openStream }),
]
