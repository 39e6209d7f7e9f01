/** The receiver process of a delivery benchmark, as the measuring process holds it. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Report } from './webhook-sink.ts'

export interface Sink extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`: answers at once. */
  readonly url: string
  /** Port of loopback that accepts and never answers. */
  readonly deadPort: number
  /** What arrived since the last question. */
  report(): Promise<Report>
  /** Asks until so many have arrived since the last question was counted. */
  until(count: number): Promise<Report>
}

const ASK_AGAIN_MS = 20

export async function startSink(): Promise<Sink> {
  const child = spawn(process.execPath, [new URL('webhook-sink.ts', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the receiver process ended')
    return value
  }
  const { port, dead } = JSON.parse(await line()) as { port: number; dead: number }

  async function report(): Promise<Report> {
    child.stdin.write('\n')
    return JSON.parse(await line()) as Report
  }

  return {
    url: `http://127.0.0.1:${port}`,
    deadPort: dead,
    report,
    async until(count) {
      let all: Report = { received: 0, outOfOrder: 0, lastAt: 0, arrivals: [] }
      for (;;) {
        const more = await report()
        all = {
          received: all.received + more.received,
          outOfOrder: all.outOfOrder + more.outOfOrder,
          lastAt: more.lastAt,
          arrivals: [...all.arrivals, ...more.arrivals],
        }
        if (all.received >= count) return all
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS))
      }
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      child.kill()
    },
  }
}
