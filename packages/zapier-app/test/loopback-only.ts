/** Loaded into a process before anything else (`node --import`): whoever connects to another machine is refused. */
import { type NetConnectOpts, Socket } from 'node:net'

const LOOPBACK = new Set([undefined, 'localhost', '127.0.0.1', '::1'])

// `net`, `http` and `fetch` of every library come through here.
const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const [options] = args.flat() as [NetConnectOpts]
  const host = typeof options === 'object' && 'port' in options ? options.host : undefined
  if (!LOOPBACK.has(host)) throw new Error(`a connection to ${host} was asked for`)
  return connect.apply(this, args)
}
