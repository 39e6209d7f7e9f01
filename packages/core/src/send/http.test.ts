import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import { once } from 'node:events'
import tls from 'node:tls'
import { Worker } from 'node:worker_threads'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { TEST_CERTIFICATE } from '../../../../test/harness/tls-certificate.ts'
import { type Receiver, startReceiver } from '../../../../test/harness/webhook-receiver.ts'
import type { HttpRequest } from '../delivery/request.ts'
import type { Sender } from '../ports/send.ts'
import { parseAllowList } from './guard.ts'
import { createSender, type SenderOptions } from './http.ts'

const open: SenderOptions = {
  allow: parseAllowList(['127.0.0.0/8', '::1']),
  ownListen: () => null,
  keepResponses: true,
}

function sender(options: Partial<SenderOptions> = {}): Sender {
  const made = createSender({ ...open, ...options })
  onTestFinished(() => made[Symbol.asyncDispose]())
  return made
}

async function receiver(options?: { tls: boolean }): Promise<Receiver> {
  const started = await startReceiver(options)
  onTestFinished(() => started.close())
  return started
}

/** A TCP server that does what a web server would not. */
async function rawServer(serve: Parameters<typeof createServer>[1]): Promise<string> {
  const server: Server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function request(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    url,
    method: 'POST',
    headers: [['Content-Type', 'application/json']],
    body: '{"a":1}',
    timeoutMs: 5000,
    ...more,
  }
}

/** Closes its connections when told to, and says so in shared memory: that is seen without the event loop. */
const CLOSES_BEHIND_YOUR_BACK = `
  const { parentPort, workerData } = require('node:worker_threads')
  const server = require('node:http').createServer((request, response) => request.resume().on('end', () => response.end()))
  const sockets = new Set()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
  parentPort.on('message', () => {
    for (const socket of sockets) {
      socket.on('close', () => {
        Atomics.store(workerData, 0, 1)
        Atomics.notify(workerData, 0)
      }).destroy()
    }
  })
`

const failedWith = (errorClass: string, errorMessage: unknown) =>
  expect.objectContaining({ kind: 'failed', errorClass, errorMessage })

describe('an accepted request', () => {
  test('arrives byte for byte with the headers and the path it was given', async () => {
    const target = await receiver()
    const outcome = await sender().send(
      request(`${target.url}?q=%20a&r=ü`, {
        body: '{"ü":"\u2028"}',
        method: 'PATCH',
        headers: [
          ['X-One', 'caf\u00e9'],
          ['X-Two', '2'],
        ],
      }),
    )
    expect(outcome).toMatchObject({ kind: 'accepted', statusCode: 200, responseBody: 'status 200', ip: '127.0.0.1' })
    const received = await target.next()
    expect(received).toMatchObject({ method: 'PATCH', path: '/hook?q=%20a&r=%C3%BC', body: '{"ü":"\u2028"}' })
    expect(received.rawHeaders).toEqual(expect.arrayContaining(['X-One', 'caf\u00e9', 'X-Two', '2']))
  })

  test.for([200, 201, 202, 204, 299])('is any 2xx: %i', async (status) => {
    const target = await receiver()
    target.answer(status)
    expect(await sender().send(request(target.url))).toMatchObject({ kind: 'accepted', statusCode: status })
  })

  test('measures the phases of a new connection, and of a kept one only the wait for the response', async () => {
    const target = await receiver()
    const reusing = sender({ resolve: async () => ['127.0.0.1'] })
    const url = `http://localhost:${target.port}/`
    const first = await reusing.send(request(url))
    const second = await reusing.send(request(url))
    const measured = expect.any(Number)
    expect(first.phases).toEqual({ dns: measured, connect: measured, tls: null, firstByte: measured })
    expect(second.phases).toEqual({ dns: null, connect: null, tls: null, firstByte: measured })
    expect(second.ip).toBe('127.0.0.1')
    expect(target.requests.map(({ connection }) => connection)).toEqual([1, 1])
  })

  test('after the receiver closed an idle connection goes over a new one', async () => {
    const target = await receiver()
    const reusing = sender()
    await reusing.send(request(target.url))
    await target.dropConnections()
    expect(await reusing.send(request(target.url))).toMatchObject({ kind: 'accepted' })
    expect(target.requests.map(({ connection }) => connection)).toEqual([1, 2])
  })

  test('a connection whose end arrived while this process was busy is not used again', async () => {
    const turn = new Int32Array(new SharedArrayBuffer(4))
    const server = new Worker(CLOSES_BEHIND_YOUR_BACK, { eval: true, workerData: turn })
    onTestFinished(() => void server.terminate())
    const [port] = await once(server, 'message')
    const reusing = sender()
    await reusing.send(request(`http://127.0.0.1:${port}/`))
    server.postMessage('close', [])
    expect(Atomics.wait(turn, 0, 0, 5000)).not.toBe('timed-out')
    expect(await reusing.send(request(`http://127.0.0.1:${port}/`))).toMatchObject({ kind: 'accepted' })
  })

  test('requests at the same time go over connections of their own', async () => {
    const target = await receiver()
    const parallel = sender()
    await Promise.all([1, 2, 3].map(() => parallel.send(request(target.url))))
    expect(new Set(target.requests.map(({ connection }) => connection)).size).toBe(3)
  })
})

describe('the response', () => {
  test('is kept up to 4000 characters of valid UTF-8 without NUL', async () => {
    const target = await receiver()
    target.answer({
      status: 200,
      body: Buffer.concat([Buffer.from('a\0b\xff', 'latin1'), Buffer.from('😀'.repeat(5000))]),
    })
    const { responseBody } = await sender().send(request(target.url))
    expect(responseBody).toBe(`ab\ufffd${'😀'.repeat(3997)}`)
  })

  test('is read no further than 16 KiB, and the connection is given up', async () => {
    const target = await receiver()
    let closed: Promise<unknown> = Promise.resolve()
    target.answer((_request, response) => {
      closed = new Promise((resolve) => response.once('close', resolve))
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) {}
        response.once('drain', pour)
      }
      pour()
    })
    const reusing = sender()
    const outcome = await reusing.send(request(target.url))
    expect(outcome).toMatchObject({ kind: 'accepted', responseBody: 'x'.repeat(4000) })
    await closed
    target.answer(200)
    await reusing.send(request(target.url))
    expect(target.requests.map(({ connection }) => connection)).toEqual([1, 2])
  })

  test('is not kept when the operator says so', async () => {
    const target = await receiver()
    const silent = sender({ keepResponses: false })
    expect(await silent.send(request(target.url))).toMatchObject({ kind: 'accepted', responseBody: '' })
    target.answer(500)
    expect(await silent.send(request(target.url))).toMatchObject({
      kind: 'failed',
      responseBody: null,
      statusCode: 500,
    })
  })
})

describe('a failed request', () => {
  test.for([400, 404, 410, 418, 500, 503])('status %i is http_status', async (status) => {
    const target = await receiver()
    target.answer(status)
    const outcome = await sender().send(request(target.url))
    expect(outcome).toEqual(failedWith('http_status', `HTTP ${status}`))
    expect(outcome).toMatchObject({ statusCode: status, responseBody: `status ${status}` })
  })

  test.for([301, 302, 307, 308])('a redirect with %i is not followed', async (status) => {
    const [target, elsewhere] = [await receiver(), await receiver()]
    target.answer({ status, headers: { location: elsewhere.url } })
    const outcome = await sender().send(request(target.url))
    expect(outcome).toEqual(failedWith('http_status', expect.stringMatching(`^HTTP ${status}`)))
    expect(elsewhere.requests).toEqual([])
  })

  test('silence is a timeout after the whole time', async () => {
    const target = await receiver()
    target.answer('hang')
    const outcome = await sender().send(request(target.url, { timeoutMs: 80 }))
    expect(outcome).toEqual(failedWith('timeout', 'Connection timeout after 0.08 s waiting for the response'))
    expect(outcome).toMatchObject({ statusCode: null, ip: '127.0.0.1' })
    expect(outcome.durationMs).toBeGreaterThanOrEqual(79)
    expect(outcome.durationMs).toBeLessThan(2000)
  })

  test('a body that drips past the deadline is a timeout, whatever its status said', async () => {
    const target = await receiver()
    target.answer((_request, response) => {
      response.writeHead(200).write('.')
      const drip = setInterval(() => response.write('.'), 20)
      response.once('close', () => clearInterval(drip))
    })
    const outcome = await sender().send(request(target.url, { timeoutMs: 150 }))
    expect(outcome).toEqual(
      failedWith('timeout', 'Connection timeout after 0.15 s while the body of status 200 was read'),
    )
    expect(outcome.statusCode).toBe(200)
  })

  test('a look-up that never ends is a timeout', async () => {
    const outcome = await sender({ resolve: () => new Promise(() => {}) }).send(
      request('http://slow.example/', { timeoutMs: 50 }),
    )
    expect(outcome).toEqual(failedWith('timeout', 'Connection timeout after 0.05 s connecting to slow.example'))
    expect(outcome.phases).toEqual({ dns: null, connect: null, tls: null, firstByte: null })
  })

  test('a peer that accepts and says nothing in the TLS handshake is a timeout', async () => {
    const url = await rawServer(() => {})
    const outcome = await sender().send(request(url.replace('http:', 'https:'), { timeoutMs: 80 }))
    expect(outcome).toEqual(failedWith('timeout', 'Connection timeout after 0.08 s in the TLS handshake'))
  })

  test('a name that does not exist is dns', async () => {
    const outcome = await sender().send(request('http://nobody.invalid/'))
    expect(outcome).toEqual(
      failedWith('dns', expect.stringMatching(/^DNS resolution failed for nobody\.invalid \(E\w+\)$/)),
    )
  })

  test('a name without an address is dns', async () => {
    const outcome = await sender({ resolve: async () => [] }).send(request('http://empty.example/'))
    expect(outcome).toEqual(failedWith('dns', 'DNS resolution failed for empty.example: it has no address'))
  })

  test('a port where nobody listens is refused', async () => {
    const gone = await startReceiver()
    await gone.close()
    expect(await sender().send(request(gone.url))).toEqual(failedWith('refused', 'Connection refused (ECONNREFUSED)'))
    const named = sender({ resolve: async () => ['127.0.0.1', '::1'] })
    expect(await named.send(request(`http://localhost:${gone.port}`))).toEqual(
      failedWith('refused', 'Connection refused (ECONNREFUSED)'),
    )
  })

  test('a closed connection is reset', async () => {
    const target = await receiver()
    target.answer('close')
    const outcome = await sender().send(request(target.url))
    expect(outcome).toEqual(failedWith('reset', expect.stringMatching(/^Connection reset/)))
    expect(target.requests).toHaveLength(1)
  })

  test('a kept connection that breaks under a request is not tried again', async () => {
    const target = await receiver()
    const reusing = sender()
    await reusing.send(request(target.url))
    target.answer('close')
    expect(await reusing.send(request(target.url))).toMatchObject({ kind: 'failed', errorClass: 'reset' })
    expect(target.requests).toHaveLength(2)
  })

  test('a body shorter than announced is reset', async () => {
    const target = await receiver()
    target.answer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('short', () => response.socket?.destroy())
    })
    expect(await sender().send(request(target.url))).toMatchObject({
      kind: 'failed',
      errorClass: 'reset',
      statusCode: 200,
    })
  })

  test.for([
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`],
  ] as const)('%s is protocol', async ([, answer]) => {
    const url = await rawServer((socket) => socket.on('error', () => {}).end(answer))
    expect(await sender().send(request(url))).toEqual(failedWith('protocol', expect.stringContaining('not valid HTTP')))
  })

  test('an aborted attempt ends at once', async () => {
    const target = await receiver()
    target.answer('hang')
    const stop = new AbortController()
    const attempt = sender().send(request(target.url), stop.signal)
    await target.next()
    stop.abort()
    expect(await attempt).toMatchObject({ kind: 'failed', errorClass: 'reset' })
  })

  test('a header that HTTP cannot carry is an outcome, not an exception', async () => {
    const target = await receiver()
    const outcome = await sender().send(request(target.url, { headers: [['X-Bad', 'a\nb']] }))
    expect(outcome).toEqual(failedWith('protocol', 'The request could not be sent (UND_ERR_INVALID_ARG)'))
    expect(target.requests).toEqual([])
  })
})

describe('Retry-After', () => {
  test.for([
    ['seconds with a 429', 429, '120', 120_000],
    ['seconds with a 503', 503, '0', 0],
    ['not with other statuses', 500, '120', null],
    ['no number, no date', 503, 'soon', null],
    ['negative', 429, '-5', null],
  ] as const)('%s', async ([, status, value, expected]) => {
    const target = await receiver()
    target.answer({ status, headers: { 'retry-after': value } })
    expect(await sender().send(request(target.url))).toMatchObject({ retryAfterMs: expected })
  })

  test('takes an HTTP date', async () => {
    const target = await receiver()
    target.answer({ status: 429, headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() } })
    const outcome = await sender().send(request(target.url))
    const ms = outcome.kind === 'failed' ? outcome.retryAfterMs : null
    expect(ms).toBeGreaterThan(50_000)
    expect(ms).toBeLessThanOrEqual(60_000)
  })
})

describe('TLS', () => {
  test('a self-signed certificate is tls', async () => {
    const target = await receiver({ tls: true })
    const outcome = await sender().send(request(target.url))
    expect(outcome).toEqual(
      failedWith('tls', 'SSL certificate error: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)'),
    )
    expect(target.requests).toEqual([])
  })

  test('plain HTTP where TLS is spoken to is tls', async () => {
    const target = await receiver()
    const outcome = await sender().send(request(target.url.replace('http:', 'https:')))
    expect(outcome).toEqual(failedWith('tls', expect.stringMatching(/^SSL certificate error/)))
  })

  describe('with a trusted certificate', () => {
    const before = tls.getCACertificates()
    beforeAll(() => tls.setDefaultCACertificates([...before, TEST_CERTIFICATE]))
    afterAll(() => tls.setDefaultCACertificates(before))

    test.for(['127.0.0.1', 'localhost', 'receiver.test'])('%s is accepted', async (host) => {
      const target = await receiver({ tls: true })
      const outcome = await sender({
        allow: parseAllowList(['127.0.0.1', 'receiver.test']),
        resolve: async () => ['127.0.0.1'],
      }).send(request(`https://${host}:${target.port}/`))
      expect(outcome).toMatchObject({ kind: 'accepted', phases: { tls: expect.any(Number) } })
      expect((await target.next()).headers.host).toBe(`${host}:${target.port}`)
    })

    test('a name that the certificate does not cover is tls', async () => {
      const target = await receiver({ tls: true })
      const outcome = await sender({ allow: parseAllowList(['127.0.0.1']), resolve: async () => ['127.0.0.1'] }).send(
        request(`https://other.example:${target.port}/`),
      )
      expect(outcome).toEqual(failedWith('tls', expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID')))
    })
  })
})

describe('the guard', () => {
  test('a forbidden literal is blocked before anything is dialled', async () => {
    const target = await receiver()
    const outcome = await sender({ allow: parseAllowList([]) }).send(request(target.url))
    expect(outcome).toEqual(failedWith('blocked_target', expect.stringContaining('DNSRADAR_WEBHOOK_ALLOW')))
    expect(outcome.ip).toBeNull()
    expect(target.requests).toEqual([])
  })

  test('a name with one forbidden address among public ones is blocked', async () => {
    const outcome = await sender({ allow: parseAllowList([]), resolve: async () => ['1.1.1.1', '10.0.0.1'] }).send(
      request('http://mixed.example/'),
    )
    expect(outcome).toEqual(failedWith('blocked_target', expect.stringContaining('a private address')))
  })

  test('a name is asked for once: a second answer that differs is never dialled', async () => {
    const target = await receiver()
    const answers = [['127.0.0.1'], ['169.254.169.254']]
    const rebinding = sender({ resolve: async () => answers.shift() ?? [] })
    expect(await rebinding.send(request(`http://rebind.example:${target.port}/`))).toMatchObject({ kind: 'accepted' })
    expect(answers).toHaveLength(1)
  })

  test('a name that moves to a forbidden address is blocked at the next connection', async () => {
    const target = await receiver()
    target.answer({ status: 200, headers: { connection: 'close' } })
    const answers = [['127.0.0.1'], ['169.254.169.254']]
    const moving = sender({ resolve: async () => answers.shift() ?? [] })
    await moving.send(request(`http://moving.example:${target.port}/`))
    expect(await moving.send(request(`http://moving.example:${target.port}/`))).toMatchObject({
      errorClass: 'blocked_target',
    })
  })

  test('our own listen address is blocked although the allow-list covers it', async () => {
    const own = await receiver()
    const guarded = sender({
      ownListen: () => ({ address: '127.0.0.1', port: own.port }),
      resolve: async () => ['127.0.0.1'],
    })
    for (const host of ['127.0.0.1', 'localhost', 'own.example', '0.0.0.0', '[::ffff:127.0.0.1]']) {
      expect(await guarded.send(request(`http://${host}:${own.port}/`))).toMatchObject({ errorClass: 'blocked_target' })
    }
    expect(own.requests).toEqual([])
  })

  test('another port of our own machine stays open to the allow-list', async () => {
    const target = await receiver()
    const guarded = sender({ ownListen: () => ({ address: '0.0.0.0', port: target.port === 1 ? 2 : 1 }) })
    expect(await guarded.send(request(target.url))).toMatchObject({ kind: 'accepted' })
  })
})

describe('an egress proxy', () => {
  async function proxy(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = []
    const server = createHttpServer((incoming, response) => {
      asked.push(`${incoming.method} ${incoming.url}`)
      incoming.resume().on('end', () => response.end('via proxy'))
    })
    server.on('connect', (incoming, socket) => {
      asked.push(`CONNECT ${incoming.url}`)
      const upstream = connect(Number(incoming.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(upstream).pipe(socket)
      })
      socket.on('error', () => upstream.destroy())
      upstream.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
  }

  test('carries requests to names that only it resolves', async () => {
    const { url, asked } = await proxy()
    const outcome = await sender({ proxyUrl: url }).send(request('http://only-the-proxy-knows.example/hook?a=1'))
    expect(outcome).toMatchObject({ kind: 'accepted', responseBody: 'via proxy', ip: null })
    expect(asked).toEqual(['POST http://only-the-proxy-knows.example/hook?a=1'])
  })

  test('is tunnelled through for https, and the certificate still counts', async () => {
    const { url, asked } = await proxy()
    const target = await receiver({ tls: true })
    const outcome = await sender({ proxyUrl: url }).send(request(target.url))
    expect(asked).toEqual([`CONNECT 127.0.0.1:${target.port}`])
    expect(outcome).toEqual(failedWith('tls', 'SSL certificate error (DEPTH_ZERO_SELF_SIGNED_CERT)'))
  })

  test('does not open literal addresses that are forbidden', async () => {
    const { url, asked } = await proxy()
    const outcome = await sender({ proxyUrl: url, allow: parseAllowList([]) }).send(request('http://127.0.0.1:8080/'))
    expect(outcome).toMatchObject({ errorClass: 'blocked_target' })
    expect(asked).toEqual([])
  })

  test('that never answers is a timeout', async () => {
    const silent = await rawServer(() => {})
    const outcome = await sender({ proxyUrl: silent }).send(request('https://example.com/', { timeoutMs: 80 }))
    expect(outcome).toMatchObject({ errorClass: 'timeout' })
  })
})
