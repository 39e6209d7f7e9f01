/**
 * The other end of a DNS benchmark: answers every query with one A record, over UDP and TCP on one port of loopback,
 * as cheaply as a process can.
 *
 * Prints its port; a line on stdin asks how many queries were answered so far, and when the first one came. The line
 * `flip` gives the names that begin with it another address from then on.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** Times are epoch milliseconds; null before the first query. */
export interface Answered {
  readonly count: number
  readonly firstAt: number | null
}

/** Owner: the question's name. A, IN, 300 s, 192.0.2.1. */
const RECORD = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1])

const FLIP = Buffer.from('flip')

let flips = 0
let count = 0
let firstAt: number | null = null

/** In either case of letters: resolvers vary it to tell forged answers apart. */
function isFlip(query: Buffer): boolean {
  return FLIP.every((octet, at) => ((query[13 + at] ?? 0) | 0x20) === octet)
}

function answer(query: Buffer, into: Buffer, at: number): number {
  count += 1
  firstAt ??= Date.now()
  let end = 12
  while (query[end] !== 0) end += 1 + (query[end] as number)
  end += 5
  query.copy(into, at, 0, end)
  into[at + 2] = 0x85
  into[at + 3] = 0x80
  into[at + 7] = 1
  into[at + 11] = 0
  RECORD.copy(into, at + end)
  if (isFlip(query)) into[at + end + RECORD.length - 1] = 1 + (flips % 2)
  return end + RECORD.length
}

const tcp = createServer((connection) => {
  let rest = Buffer.alloc(0)
  connection.setNoDelay(true)
  connection.on('error', () => connection.destroy())
  connection.on('data', (chunk) => {
    const input = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const output = Buffer.allocUnsafe(input.length * 2 + 1024)
    let at = 0
    let written = 0
    while (at + 2 <= input.length && at + 2 + input.readUInt16BE(at) <= input.length) {
      const end = at + 2 + input.readUInt16BE(at)
      const length = answer(input.subarray(at + 2, end), output, written + 2)
      output.writeUInt16BE(length, written)
      written += 2 + length
      at = end
    }
    rest = input.subarray(at)
    connection.write(output.subarray(0, written))
  })
})
tcp.listen(0, '127.0.0.1')
await once(tcp, 'listening')
const { port } = tcp.address() as { port: number }

const udp = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
udp.on('message', (query, from) => {
  const output = Buffer.allocUnsafe(512)
  udp.send(output.subarray(0, answer(query, output, 0)), from.port, from.address)
})
udp.bind(port, '127.0.0.1')
await once(udp, 'listening')
console.log(port)

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'flip') flips += 1
  else console.log(JSON.stringify({ count, firstAt } satisfies Answered))
})
