/** The way to a receiver: over TLS, past the guard, through a proxy. */
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { TEST_CERTIFICATE } from '../../../../test/harness/tls-certificate.ts'
import { failedWith, rawServer, receiver, request, sender } from '../../test/sending.ts'
import { parseAllowList } from './allow-list.ts'

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
    const server = createServer((incoming, response) => {
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
