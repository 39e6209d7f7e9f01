/**
 * Stands where n8n says that others reach it: passes everything on and remembers it, so that a run can play a delivery
 * again, or another one like it, without knowing the secret.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Passed {
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly status: number
  readonly answer: string
}

export interface Recorder extends AsyncDisposable {
  readonly url: string
  readonly passed: readonly Passed[]
  send(request: Pick<Passed, 'path' | 'headers' | 'body'>): Promise<Passed>
}

export async function startRecorder(target: () => string): Promise<Recorder> {
  const passed: Passed[] = []
  const send: Recorder['send'] = async ({ path, headers, body }) => {
    const response = await fetch(`${target()}${path}`, { method: 'POST', headers, body })
    return { path, headers, body, status: response.status, answer: await response.text() }
  }
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await buffer(request)).toString('utf8')
    const names = ['content-type', 'user-agent'].concat(
      Object.keys(request.headers).filter((name) => /^(webhook-|x-)/.test(name)),
    )
    const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? '')]))
    const result = await send({ path: request.url ?? '/', headers, body })
    passed.push(result)
    response.writeHead(result.status, { 'content-type': 'application/json' }).end(result.answer)
  }
  const server = createServer((request, response) => void pass(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    send,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
