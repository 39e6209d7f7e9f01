/**
 * DNS over UDP (RFC 1035 section 4.2.1).
 *
 * Sockets are connected: the kernel drops what comes from elsewhere, a closed port becomes an error instead of
 * silence, and no send looks its address up. Each has a random port and is replaced before that port can be guessed.
 */
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { type Carrier, describeError } from './carrier.ts'
import type { Channel, ChannelEvents, ChannelRules } from './channel.ts'
import { ChannelPool } from './channels.ts'
import type { Entropy } from './entropy.ts'

/**
 * Measured on Linux' default buffers: 100 replies a socket never overflow it, 500 lose 6 %, 2,000 lose 37 %.
 */
const RULES: ChannelRules = {
  transport: 'udp',
  channels: 4,
  inFlight: 100,
  maxQueries: 10_000,
  maxAgeMs: 60_000,
  kind: 'datagrams',
}

/** Asked for, seldom granted: nothing rests on it. */
const RECEIVE_BUFFER = 4 * 1024 * 1024

export function createUdp(
  server: { readonly address: string; readonly port: number },
  deps: { entropy: Entropy; monotonic: () => number },
  rules: Partial<ChannelRules> = {},
): Carrier {
  return new ChannelPool((events) => openSocket(server, events), { ...RULES, ...rules }, deps)
}

function openSocket(server: { readonly address: string; readonly port: number }, events: ChannelEvents): Channel {
  const socket = createSocket({
    type: isIPv6(server.address) ? 'udp6' : 'udp4',
    // Addresses only: without this each connect would go through the system's host name look-up.
    lookup: (address, _options, done) => done(null, address, isIPv6(address) ? 6 : 4),
  })
  let open = true
  const close = (): void => {
    if (!open) return
    open = false
    socket.close()
  }
  const fail = (error: Error): void => {
    if (!open) return
    close()
    events.ended({ kind: 'unreachable', ours: false, detail: describeError(error) })
  }
  const afterSend = (error: Error | null): void => {
    if (error !== null) fail(error)
  }
  // Only a query in flight, by its timer, keeps the process alive.
  socket.unref()
  socket.on('error', fail)
  socket.on('message', (message) => events.received(message))
  socket.once('connect', () => {
    if (!open) return
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER)
    } catch {
      // Systems that refuse the size keep their own; the limit in flight is made for that.
    }
    events.opened()
  })
  socket.connect(server.port, server.address)
  return { send: (wire) => socket.send(wire, afterSend), close }
}
