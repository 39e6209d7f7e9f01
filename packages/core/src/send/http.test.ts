import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startReceiver } from '../../../../test/harness/webhook-receiver.ts'
import { failedWith, rawServer, receiver, request, sender } from '../../test/sending.ts'

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
