import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { connect, fetchTransport } from './fetch.ts'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

test('a request carries the key, the body as JSON and the query', async () => {
  await using server = await listen((_seen, response) => json(response, 201, { uuid: 'mon_1' }))
  const radar = connect({ url: server.url, key: 'sk_secret' })
  const monitor = { domain: 'bücher.example', record_type: 'A', expected_value: ['192.0.2.1'] } as const
  expect(await radar.createMonitor(monitor)).toEqual({ uuid: 'mon_1' })
  expect(server.seen[0]).toMatchObject({
    method: 'POST',
    url: '/monitors',
    headers: { 'x-api-key': 'sk_secret', 'content-type': 'application/json' },
  })
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(monitor)
})

test('an address with a path keeps it, with and without a final slash', async () => {
  await using server = await listen((_seen, response) => json(response, 200, {}))
  for (const url of [`${server.url}/dns`, `${server.url}/dns/`]) await connect({ url }).getGroup('a/b')
  expect(server.seen.map(({ url }) => url)).toEqual(['/dns/groups/a%2Fb', '/dns/groups/a%2Fb'])
})

test('a query is encoded', async () => {
  await using server = await listen((_seen, response) => json(response, 200, PAGE))
  await connect({ url: server.url }).listWebhooks({ url: 'https://example.com/?a=b&c' })
  expect(server.seen[0]?.url).toBe('/webhooks?url=https%3A%2F%2Fexample.com%2F%3Fa%3Db%26c')
})

test('an answer without a body is null', async () => {
  await using server = await listen((_seen, response) => void response.writeHead(204).end())
  expect(await connect({ url: server.url }).deleteMonitor('mon_1')).toBeNull()
})

test.for([
  { why: 'text', type: 'text/html', body: '<html>' },
  { why: 'broken JSON', type: 'application/json', body: '{"a":' },
])('an answer that is no JSON stays text: $why', async ({ type, body }) => {
  await using server = await listen(
    (_seen, response) => void response.writeHead(200, { 'content-type': type }).end(body),
  )
  const answer = await fetchTransport({ url: server.url })({
    method: 'GET',
    path: '/me',
    query: {},
    body: undefined,
    headers: {},
  })
  expect(answer).toMatchObject({ status: 200, body })
})

test.for([301, 302, 303, 307, 308])('a redirect (%i) is an error and the key does not travel', async (status) => {
  await using other = await listen((_seen, response) => json(response, 200, {}))
  await using server = await listen((_seen, response) => void response.writeHead(status, { location: other.url }).end())
  await expect(connect({ url: server.url, key: 'sk_secret' }).me()).rejects.toThrow('redirect')
  expect(other.seen).toEqual([])
})

test('a server that does not answer is given up after the deadline', async () => {
  await using server = await listen(() => {})
  await expect(connect({ url: server.url, timeoutMs: 50 }).me()).rejects.toThrow(/timeout/i)
})

test('a busy server is asked again when it said to', async () => {
  await using server = await listen((_seen, response) =>
    server.seen.length === 1
      ? void response.writeHead(429, { 'retry-after': '0' }).end()
      : json(response, 200, { ok: 1 }),
  )
  expect(await connect({ url: server.url }).me()).toEqual({ ok: 1 })
})

test.for([
  '',
  'radar.example.com',
  'ftp://radar.example.com',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'http://user:hunter2@radar.example.com',
  'http://radar.example.com/?key=1',
  'http://radar.example.com/#x',
])('the address %j is refused', (url) => {
  expect(() => connect({ url })).toThrow(TypeError)
})

test('the message about an address with credentials does not repeat them', () => {
  expect(() => connect({ url: 'http://user:hunter2@radar.example.com' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  )
})

test.for(['', 'sk_a b', 'sk_a\r\nx-evil: 1', 'sk_ü'])('a key that no header can hold is refused: %j', (key) => {
  expect(() => connect({ url: 'http://127.0.0.1:1', key })).toThrow('visible ASCII')
})

const PAGE = { limit: 20, after: null, before: null, has_more: false, data: [] }

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

async function listen(answer: (seen: Seen, response: ServerResponse) => void) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, url, headers } = request
      const item = { method, url, headers, body: Buffer.concat(chunks).toString() }
      seen.push(item)
      answer(item, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
