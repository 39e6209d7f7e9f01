/**
 * DNS over TCP (RFC 7766) and over TLS (RFC 7858): persistent connections, many queries in flight on each, every
 * message behind two octets of length.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type Carrier, describeError } from './carrier.ts'
import type { Channel, ChannelEvents, ChannelRules } from './channel.ts'
import { ChannelPool } from './channels.ts'
import type { Entropy } from './entropy.ts'

const RULES: Omit<ChannelRules, 'transport'> = {
  channels: 4,
  inFlight: 100,
  maxQueries: Number.POSITIVE_INFINITY,
  maxAgeMs: Number.POSITIVE_INFINITY,
  kind: 'stream',
}

/** Servers close sooner or later anyway (RFC 7766 section 6.2.3); this is longer than most looks and shorter than them. */
const IDLE_MS = 10_000

interface Deps {
  readonly entropy: Entropy
  readonly monotonic: () => number
}

export function createTcp(server: { readonly address: string; readonly port: number }, deps: Deps): Carrier {
  const open = (events: ChannelEvents): Channel => {
    const socket = connectTcp({ host: server.address, port: server.port, noDelay: true })
    return openStream(socket, 'connect', events)
  }
  return new ChannelPool(open, { ...RULES, transport: 'tcp' }, deps)
}

export interface TlsServer {
  /** Where to connect: an address, or a host name that the system resolves. */
  readonly address: string
  readonly port: number
  /** The name that the certificate must carry; the address itself when there is none. */
  readonly tlsName: string | null
  /** PEM certificates to trust instead of the public ones. */
  readonly ca: string | null
}

export function createTls(server: TlsServer, deps: Deps): Carrier {
  const name = server.tlsName ?? (isIP(server.address) === 0 ? server.address : null)
  const open = (events: ChannelEvents): Channel => {
    const socket = connectTls({
      host: server.address,
      port: server.port,
      ALPNProtocols: ['dot'],
      ...(name === null ? {} : { servername: name }),
      ...(server.ca === null ? {} : { ca: server.ca }),
    })
    socket.setNoDelay(true)
    return openStream(socket, 'secureConnect', events)
  }
  return new ChannelPool(open, { ...RULES, transport: 'tls' }, deps)
}

function openStream(socket: Socket, openedBy: 'connect' | 'secureConnect', events: ChannelEvents): Channel {
  let opened = false
  let closing = false
  let error: Error | null = null
  // Only a query in flight, by its timer, keeps the process alive.
  socket.unref()
  socket.setTimeout(IDLE_MS, () => socket.destroy())
  socket.once(openedBy, () => {
    opened = true
    events.opened()
  })
  socket.on('error', (cause) => {
    error = cause
  })
  socket.on(
    'data',
    createFrameReader((message) => events.received(message)),
  )
  socket.once('close', () => {
    if (closing) return
    const unexplained = opened
      ? 'the server closed the connection without an answer'
      : 'no connection came about in time'
    const detail = error === null ? unexplained : describeError(error)
    events.ended(opened ? { kind: 'closed', detail } : { kind: 'unreachable', ours: false, detail })
  })
  return {
    send: createFrameWriter((octets) => socket.write(octets)),
    close() {
      closing = true
      socket.destroy()
    },
  }
}

/** Collects the queries of one turn of the event loop into one write. */
function createFrameWriter(write: (octets: Uint8Array) => void): (message: Uint8Array) => void {
  let waiting: Uint8Array[] = []
  let octets = 0
  const flush = (): void => {
    const frames = Buffer.allocUnsafe(octets)
    let at = 0
    for (const message of waiting) {
      at = frames.writeUInt16BE(message.length, at)
      frames.set(message, at)
      at += message.length
    }
    waiting = []
    octets = 0
    write(frames)
  }
  return (message) => {
    if (waiting.length === 0) process.nextTick(flush)
    waiting.push(message)
    octets += 2 + message.length
  }
}

/**
 * Cuts a stream into messages. A message in one chunk is passed on without a copy; one in pieces is gathered in a
 * buffer of its announced length, so a server that sends octet by octet costs no more than one that does not.
 */
export function createFrameReader(onMessage: (message: Uint8Array) => void): (chunk: Uint8Array) => void {
  /** First octet of a length whose second one has not come, else -1. */
  let half = -1
  let partial: Uint8Array | null = null
  let filled = 0
  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (partial !== null) {
        const piece = chunk.subarray(at, at + partial.length - filled)
        partial.set(piece, filled)
        filled += piece.length
        at += piece.length
        if (filled < partial.length) return
        const message = partial
        partial = null
        onMessage(message)
        continue
      }
      if (half < 0 && at + 1 === chunk.length) {
        half = chunk[at] as number
        return
      }
      const length =
        half < 0 ? ((chunk[at] as number) << 8) | (chunk[at + 1] as number) : (half << 8) | (chunk[at] as number)
      at += half < 0 ? 2 : 1
      half = -1
      if (at + length <= chunk.length) {
        onMessage(chunk.subarray(at, at + length))
        at += length
      } else {
        partial = new Uint8Array(length)
        filled = 0
      }
    }
  }
}
