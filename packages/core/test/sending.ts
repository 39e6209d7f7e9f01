/** Senders and what they send to, each closed when its test is over. */
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import type { HttpRequest } from '../src/delivery/request.ts'
import type { Sender } from '../src/ports/send.ts'
import { parseAllowList } from '../src/send/allow-list.ts'
import { createSender, type SenderOptions } from '../src/send/http.ts'

/** Loopback is open to it. */
export function sender(options: Partial<SenderOptions> = {}): Sender {
  const made = createSender({
    allow: parseAllowList(['127.0.0.0/8', '::1']),
    ownListen: () => null,
    keepResponses: true,
    ...options,
  })
  onTestFinished(() => made[Symbol.asyncDispose]())
  return made
}

export async function receiver(options?: { tls: boolean }): Promise<Receiver> {
  const started = await startReceiver(options)
  onTestFinished(() => started.close())
  return started
}

/** A TCP server that does what a web server would not. */
export async function rawServer(serve: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

export function request(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    url,
    method: 'POST',
    headers: [['Content-Type', 'application/json']],
    body: '{"a":1}',
    timeoutMs: 5000,
    ...more,
  }
}

export const failedWith = (errorClass: string, errorMessage: unknown) =>
  expect.objectContaining({ kind: 'failed', errorClass, errorMessage })
