/** One socket as its pool sees it, and the rules that the transports differ in. */
import type { Transport } from '../dns/answer.ts'
import type { Reply } from './carrier.ts'

export type ChannelEnd = Exclude<Reply, { kind: 'message' }>

export interface Channel {
  send(wire: Uint8Array): void
  close(): void
}

/** What a channel tells its pool, never from inside the call that opened it. */
export interface ChannelEvents {
  opened(): void
  received(message: Uint8Array): void
  /** At most once; nothing comes after it. */
  ended(end: ChannelEnd): void
}

export type OpenChannel = (events: ChannelEvents) => Channel

export interface ChannelRules {
  readonly transport: Transport
  readonly channels: number
  readonly inFlight: number
  /** A channel is replaced after this many queries or milliseconds. */
  readonly maxQueries: number
  readonly maxAgeMs: number
  /**
   * `datagrams`: every channel is used in turn, so that ports are as hard to guess as ids; a wrong reply may be forged
   * and is passed over. `stream`: a second connection only when the first is full; a wrong reply is the server's own.
   */
  readonly kind: 'datagrams' | 'stream'
}
