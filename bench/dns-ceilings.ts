/** What DNS checks are compared with, and the cheap server that answers where no real one is installed. */
import { execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { encodeQuery, setId } from '@dnsradar/core/dns/query'
import { findProgram } from '@dnsradar/test/name-servers'
import type { Answered } from './dns-responder.ts'
import { ZONE } from './dns-zone.ts'
import { measured, type Run } from './run.ts'

const SOCKETS = 4

/** Connected sockets and callbacks: nothing encoded, nothing decoded, nothing that could be lost. */
export async function bareLoop(port: number, concurrency: number, ms: number): Promise<Run> {
  const sockets = await Promise.all(
    Array.from({ length: SOCKETS }, async () => {
      const socket = createSocket('udp4')
      socket.connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }),
  )
  let count = 0
  const run = await measured(async () => {
    for (const socket of sockets) {
      const query = encodeQuery(`n0.${ZONE}`, 1, { recursion: true, edns: true })
      let id = 0
      const send = (): void => {
        id = (id + 1) & 0xffff
        setId(query, id)
        socket.send(query.wire)
      }
      socket.on('message', () => {
        count += 1
        send()
      })
      for (let i = 0; i < concurrency / SOCKETS; i += 1) send()
    }
    await setTimeout(ms)
    return { count, failed: 0 }
  })
  for (const socket of sockets) socket.close()
  return run
}

/** Null where it is not installed. */
export async function dnsperf(port: number, queries: string, ms: number): Promise<Run | null> {
  const program = findProgram('dnsperf')
  if (program === null) return null
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-bench-'))
  try {
    const file = join(folder, 'queries')
    await writeFile(file, queries)
    const load = ['-d', file, '-c', '4', '-q', '100', '-l', String(ms / 1000)]
    const { stdout } = await promisify(execFile)(program, ['-s', '127.0.0.1', '-p', String(port), ...load])
    const rate = Number(/Queries per second:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN)
    return { rate, cpuMicros: null, stallP99: null, stallMax: null, failed: 0 }
  } finally {
    await rm(folder, { recursive: true })
  }
}

export interface Responder extends AsyncDisposable {
  readonly port: number
  /** From now on the changing names have another address. */
  flip(): void
  /** So far. */
  answered(): Promise<Answered>
}

/** `dns-responder.ts` in a process of its own. */
export async function startResponder(): Promise<Responder> {
  const responder = spawn(process.execPath, [join(import.meta.dirname, 'dns-responder.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(responder.stdout)
  const [line] = (await once(lines, 'line')) as [string]
  return {
    port: Number(line),
    flip: () => void responder.stdin.write('flip\n'),
    async answered() {
      responder.stdin.write('\n')
      const [answer] = (await once(lines, 'line')) as [string]
      return JSON.parse(answer) as Answered
    },
    async [Symbol.asyncDispose]() {
      const closed = once(responder, 'close')
      responder.kill()
      await closed
    },
  }
}
