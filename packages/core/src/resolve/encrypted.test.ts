import { expect, test } from 'vitest'
import { type Respond, startHttpsFront, startTlsFront } from '../../../../test/harness/dns-fronts.ts'
import { TEST_CERTIFICATE } from '../../../../test/harness/tls-certificate.ts'
import { resolverOver, startWithWww, WWW } from '../../test/resolvers.ts'
import type { Resolver } from '../ports/resolve.ts'

const ENOUGH = { budgetMs: 5000, fresh: true }
const found = { kind: 'rrset', records: [{ text: '192.0.2.1' }] }

function over(upstream: string): Resolver {
  return resolverOver([upstream], { ca: TEST_CERTIFICATE })
}

// DNS over TLS

test.for([
  { why: 'its address', upstream: (port: number) => `tls://127.0.0.1:${port}` },
  { why: 'a name of its own', upstream: (port: number) => `tls://receiver.test@127.0.0.1:${port}` },
  { why: 'a host name', upstream: (port: number) => `tls://localhost:${port}` },
])('TLS upstreams are trusted by $why, over one connection', async ({ upstream }) => {
  await using server = await startWithWww()
  await using front = await startTlsFront(server)
  await using resolver = over(upstream(front.port))
  for (let i = 0; i < 3; i += 1)
    expect(await resolver.look(WWW, ENOUGH)).toMatchObject({ ...found, evidence: { transport: 'tls' } })
  expect(front.accepted).toBe(1)
})

test('a certificate for another name is no server at all', async () => {
  await using server = await startWithWww()
  await using front = await startTlsFront(server)
  await using resolver = over(`tls://other.test@127.0.0.1:${front.port}`)
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject({
    kind: 'unreachable',
    detail: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    evidence: { transport: 'tls' },
  })
  expect(server.count()).toBe(0)
})

test('a certificate that nobody vouches for is no server either', async () => {
  await using server = await startWithWww()
  await using front = await startTlsFront(server)
  await using resolver = resolverOver([`tls://127.0.0.1:${front.port}`])
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject({
    kind: 'unreachable',
    detail: expect.stringContaining('SELF_SIGNED'),
  })
  expect(server.count()).toBe(0)
})

test('a connection that the server closed is opened again', async () => {
  await using server = await startWithWww()
  await using front = await startTlsFront(server)
  await using resolver = over(`tls://127.0.0.1:${front.port}`)
  await resolver.look(WWW, ENOUGH)
  server.behave('*', { kind: 'close' })
  const hungUp = await resolver.look(WWW, { ...ENOUGH, budgetMs: 1000 })
  expect(hungUp).toMatchObject({ kind: 'unreachable' })
  server.behave('*', null)
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject(found)
})

// DNS over HTTPS

test('HTTPS upstreams are asked by POST, with id 0', async () => {
  const requests: string[] = []
  await using server = await startWithWww()
  await using front = await startHttpsFront(server, (request, response, answer) => {
    requests.push(`${request.method} ${request.url} ${request.headers['content-type']} ${answer.readUInt16BE(0)}`)
    response.writeHead(200, { 'content-type': 'Application/DNS-Message; x=y' }).end(answer)
  })
  await using resolver = over(`https://localhost:${front.port}/dns-query`)
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject({
    ...found,
    evidence: { transport: 'https', rcode: 'NOERROR' },
  })
  expect(requests).toEqual(['POST /dns-query application/dns-message 0'])
})

const broken: { why: string; respond: Respond; expected: object }[] = [
  {
    why: 'an HTTP error says nothing about the zone',
    respond: (_request, response) => response.writeHead(503).end('busy'),
    expected: { kind: 'unreachable', detail: expect.stringContaining('HTTP 503') },
  },
  {
    why: 'neither does a web page',
    respond: (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Login</h1>'),
    expected: { kind: 'unreachable', detail: expect.stringContaining('text/html') },
  },
  {
    why: 'more than a DNS message can hold is malformed',
    respond: (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/dns-message' }).end(Buffer.alloc(200_000)),
    expected: { kind: 'failure', why: 'malformed' },
  },
  {
    why: 'nothing is malformed',
    respond: (_request, response) => response.writeHead(200, { 'content-type': 'application/dns-message' }).end(),
    expected: { kind: 'failure', why: 'malformed' },
  },
  {
    why: 'a body that never ends is a timeout',
    respond: (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/dns-message' }).write(Buffer.alloc(10))
    },
    expected: { kind: 'timeout' },
  },
  {
    why: 'a connection that is reset is no server',
    respond: (request) => request.socket.destroy(),
    expected: { kind: 'unreachable' },
  },
]

test.for(broken)('over HTTPS: $why', async ({ respond, expected }) => {
  await using server = await startWithWww()
  await using front = await startHttpsFront(server, respond)
  await using resolver = over(`https://127.0.0.1:${front.port}/dns-query`)
  const started = performance.now()
  expect(await resolver.look(WWW, { budgetMs: 500 })).toMatchObject(expected)
  expect(performance.now() - started).toBeLessThan(1000)
})

test('an HTTPS upstream with a certificate for another name is out of reach', async () => {
  await using server = await startWithWww()
  await using front = await startHttpsFront(server)
  await using resolver = over(`https://127.0.0.2:${front.port}/dns-query`)
  expect(await resolver.look(WWW, { budgetMs: 1000 })).toMatchObject({ kind: 'unreachable' })
  expect(server.count()).toBe(0)
})
