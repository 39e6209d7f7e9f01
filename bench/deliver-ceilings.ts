/**
 * What the deliverer is measured against: a loop that only signs and posts, and a kept-up queue that can hold an order.
 *
 * BullMQ keeps the order of a webhook only with one job at a time, so that is the setting it is compared at. It is not
 * a dependency of the project: `--bullmq DIR` names a folder in which `npm install bullmq ioredis` was run, and `redis-server`
 * comes from the system. Without either its row is left out.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Delivery, Webhook } from '@dnsradar/core'
import { buildRequest } from '@dnsradar/core/delivery/request'
import { findProgram } from '@dnsradar/test/name-servers'
import { Pool } from 'undici'
import type { Sink } from './sink.ts'

/** A delivery as the store would hand it out, with the path of its webhook. */
export interface Letter {
  readonly webhook: Webhook
  readonly delivery: Delivery
}

const IN_FLIGHT = 16

async function post(pool: Pool, { webhook, delivery }: Letter): Promise<void> {
  const request = buildRequest(webhook, delivery, { now: Date.now(), userAgent: 'DNSRadar/0' })
  const response = await pool.request({
    path: new URL(request.url).pathname,
    method: request.method,
    headers: request.headers.flat(),
    body: request.body,
  })
  await response.body.dump()
  if (response.statusCode !== 200) throw new Error(`the receiver answered ${response.statusCode}`)
}

function openPool(made: AsyncDisposableStack, sink: Sink, connections: number): Pool {
  return made.adopt(new Pool(sink.url, { connections, pipelining: 1, allowH2: false }), (pool) => pool.close())
}

/** Deliveries per second of 16 loops that sign and post, and write nothing down. */
export async function bareLoop(sink: Sink, letters: readonly Letter[]): Promise<number> {
  await using made = new AsyncDisposableStack()
  const pool = openPool(made, sink, IN_FLIGHT)
  const started = performance.now()
  let next = 0
  const loop = async (): Promise<void> => {
    while (next < letters.length) await post(pool, letters[next++] as Letter)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop))
  return (letters.length / (performance.now() - started)) * 1000
}

/** The few members of BullMQ that are used here; its own types are not installed. */
interface BullMq {
  readonly Queue: new (
    name: string,
    options: object,
  ) => {
    addBulk(jobs: readonly object[]): Promise<unknown>
    obliterate(options: object): Promise<void>
    close(): Promise<void>
  }
  readonly Worker: new (
    name: string,
    work: (job: { data: number }) => Promise<void>,
    options: object,
  ) => {
    on(event: 'completed', heard: () => void): void
    run(): Promise<void>
    close(): Promise<void>
  }
}

/** Deliveries per second through BullMQ on redis (append-only file, every second) with one job at a time. */
export async function bullMq(
  folder: string | undefined,
  sink: Sink,
  letters: readonly Letter[],
): Promise<number | null> {
  const redis = folder === undefined ? null : findProgram('redis-server')
  if (folder === undefined || redis === null) return null
  const { Queue, Worker } = createRequire(join(folder, 'package.json'))('bullmq') as BullMq
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--appendonly', 'yes', '--save', '', '--dir', folder]
  const server = spawn(redis, args, { stdio: 'ignore' })
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }
  await using made = new AsyncDisposableStack()
  const pool = openPool(made, sink, 1)
  try {
    const queue = new Queue('letters', { connection })
    const jobs = letters.map((_, at) => ({ name: 'letter', data: at, opts: { removeOnComplete: true } }))
    for (let at = 0; at < jobs.length; at += 1000) await queue.addBulk(jobs.slice(at, at + 1000))
    const worker = new Worker('letters', (job) => post(pool, letters[job.data] as Letter), {
      connection,
      concurrency: 1,
      autorun: false,
    })
    const all = countdown(letters.length)
    worker.on('completed', all.down)
    const started = performance.now()
    void worker.run()
    await all.done
    const rate = (letters.length / (performance.now() - started)) * 1000
    await worker.close()
    await queue.obliterate({ force: true })
    await queue.close()
    return rate
  } finally {
    server.kill()
    await once(server, 'exit')
  }
}

function countdown(from: number): { readonly done: Promise<void>; down(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = from
  return {
    done: promise,
    down() {
      left -= 1
      if (left === 0) resolve()
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
