/**
 * The receiver of a delivery benchmark, in a process of its own so that it takes no time from who sends.
 *
 * Answers every POST with 200 and an empty body, and notes when each came and whether it came in its turn: the path
 * names the webhook, `webhook-sequence` its place. Prints its port; a line on stdin asks for what arrived since the last.
 * A second port accepts connections and never answers: the dead.
 */
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'

/** What came since the last question. Times are epoch milliseconds with fractions. */
export interface Report {
  readonly received: number
  readonly outOfOrder: number
  readonly lastAt: number
  /** `[path, sequence, time]` */
  readonly arrivals: readonly (readonly [string, number, number])[]
}

const highest = new Map<string, number>()
let received = 0
let outOfOrder = 0
let lastAt = 0
let arrivals: (readonly [string, number, number])[] = []

const http = createHttpServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const path = request.url ?? '/'
    const sequence = Number(request.headers['webhook-sequence'] ?? 0)
    received += 1
    if (sequence < (highest.get(path) ?? 0)) outOfOrder += 1
    highest.set(path, Math.max(sequence, highest.get(path) ?? 0))
    lastAt = performance.timeOrigin + performance.now()
    arrivals.push([path, sequence, lastAt])
    response.writeHead(200, { 'Content-Length': '0' }).end()
  })
})
http.keepAliveTimeout = 60_000
http.listen(0, '127.0.0.1')
const silent = createServer((socket) => socket.on('error', () => {}).resume())
silent.listen(0, '127.0.0.1')
await Promise.all([once(http, 'listening'), once(silent, 'listening')])
console.log(
  JSON.stringify({ port: (http.address() as AddressInfo).port, dead: (silent.address() as AddressInfo).port }),
)

createInterface({ input: process.stdin }).on('line', () => {
  const report: Report = { received, outOfOrder, lastAt, arrivals }
  console.log(JSON.stringify(report))
  received = 0
  outOfOrder = 0
  arrivals = []
  highest.clear()
})
process.stdin.on('end', () => process.exit(0))
