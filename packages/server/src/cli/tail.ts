/** `tail`: what happens, line by line, as it happens. */
import type { StreamMessage, StreamQuery, WireEvent, WireMonitor, WireRequest } from '@dnsradar/client'
import type { Context } from './context.ts'
import { EXIT } from './failure.ts'
import { jsonText, paint, type Screen, shown } from './output.ts'
import { openClient } from './remote.ts'
import { nameOf, paintState, STATE_WIDTH } from './show.ts'

export interface Asked {
  readonly types?: string
  readonly webhook?: string
  /** The id of a message that was read before. */
  readonly after?: string
  readonly count?: number
  readonly json: boolean
}

/** Ends with Ctrl-C, or after `count` messages. A lost connection is opened again where it was. */
export async function tail(context: Context, { types, webhook, after, count, json }: Asked): Promise<number> {
  const { output } = context
  const signal = context.interrupted()
  const query: StreamQuery = {
    ...(types === undefined ? {} : { types }),
    ...(webhook === undefined ? {} : { webhook }),
  }
  const client = openClient(context, { onOpen: () => output.err('Watching. Ctrl-C ends.') })
  let left = count ?? Number.POSITIVE_INFINITY
  try {
    for await (const message of client.stream(query, {
      signal,
      ...(after === undefined ? {} : { lastEventId: after }),
    })) {
      output.out(json ? jsonText(message) : lineOf(output.screen, message))
      if (--left <= 0) break
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return EXIT.done
}

function lineOf(screen: Screen, message: StreamMessage): string {
  switch (message.type) {
    case 'event':
      return eventLine(screen, message.data)
    case 'request':
      return requestLine(screen, message.data)
    case 'monitor':
      return monitorLine(screen, message.data)
  }
}

function eventLine(screen: Screen, event: WireEvent): string {
  const { occurred, new_state: state, record_type: type, reasons, current_value: now } = event
  const why = state === 'VALID' ? now.join(', ') : reasons.map(({ message }) => message).join(' ')
  return [
    paint(screen, 'dim', occurred),
    paintState(screen, state.padEnd(STATE_WIDTH), state),
    `${shown(nameOf(event))} ${type}`,
    paint(screen, 'dim', shown(why)),
  ].join('  ')
}

function requestLine(screen: Screen, request: WireRequest): string {
  const { created, last_attempt: last, status, kind, uuid, status_code: code, error_message: error } = request
  const answer = code === null ? (error ?? '') : String(code)
  return [
    paint(screen, 'dim', last ?? created),
    paint(screen, status === 'DELIVERED' ? 'green' : 'yellow', status.padEnd(STATE_WIDTH)),
    `${kind} ${uuid}`,
    paint(screen, 'dim', shown(answer)),
  ].join('  ')
}

function monitorLine(screen: Screen, monitor: WireMonitor): string {
  const { updated, state, record_type: type, uuid, is_active: isActive } = monitor
  return [
    paint(screen, 'dim', updated),
    paintState(screen, state.padEnd(STATE_WIDTH), state),
    `${shown(nameOf(monitor))} ${type}`,
    paint(screen, 'dim', `${uuid}${isActive ? '' : ' disabled'}`),
  ].join('  ')
}
