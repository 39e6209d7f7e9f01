/**
 * The asking end of an HTTP benchmark, in a process of its own: `node http-load.ts URL KEY CONNECTIONS SECONDS PATH…`
 *
 * Each connection asks for one path after the other and reads each answer to its end. Sockets without an HTTP client,
 * because on two processors what the client costs is taken from the server that is measured. Prints a `Load` as JSON.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { median } from './rounds.ts'

export interface Load {
  /** Answers per second. */
  readonly rate: number
  /** Of one answer, from the first octet of the question to the last of the body. */
  readonly medianMs: number
  readonly count: number
  /** Octets of the last body. */
  readonly size: number
}

const HEAD_END = '\r\n\r\n'

const [url = '', key = '', connections = '1', seconds = '1', ...paths] = process.argv.slice(2)
const { hostname, port, host } = new URL(url)
const questions = paths.map((path) =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nX-API-Key: ${key}\r\n\r\n`, 'latin1'),
)
const until = performance.now() + Number(seconds) * 1000
const times: number[] = []
let size = 0

const started = performance.now()
await Promise.all(Array.from({ length: Number(connections) }, (_, at) => ask(at)))
const elapsed = performance.now() - started
const load: Load = { rate: (times.length / elapsed) * 1000, medianMs: median(times), count: times.length, size }
console.log(JSON.stringify(load))

async function ask(at: number): Promise<void> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  for (let turn = at; performance.now() < until; turn += 1) {
    const asked = performance.now()
    socket.write(questions[turn % questions.length] as Buffer)
    size = await readAnswer(socket)
    times.push(performance.now() - asked)
  }
  socket.destroy()
}

/** The length of the body. Throws for anything but 200 with a length. */
function readAnswer(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let head = ''
    let missing = Number.NaN
    let length = 0
    const finish = (error: Error | null): void => {
      socket.off('data', take).off('close', cut)
      if (error === null) resolve(length)
      else reject(error)
    }
    const cut = (): void => finish(new Error(`the connection was closed within an answer: ${head}`))
    const take = (chunk: Buffer): void => {
      if (!Number.isNaN(missing)) missing -= chunk.length
      else {
        head += chunk.toString('latin1')
        const end = head.indexOf(HEAD_END)
        if (end === -1) return
        length = Number(/^content-length: (\d+)/im.exec(head.slice(0, end))?.[1])
        if (!head.startsWith('HTTP/1.1 200 ') || Number.isNaN(length)) {
          finish(new Error(`not the answer that was expected: ${head}`))
          return
        }
        missing = length - (head.length - end - HEAD_END.length)
      }
      if (missing === 0) finish(null)
    }
    socket.on('data', take).on('close', cut)
  })
}
