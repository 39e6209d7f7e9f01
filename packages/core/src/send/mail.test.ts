import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { aDelivery, aWebhook } from '../../../../test/harness/delivery-examples.ts'
import { written } from '../../../../test/harness/format-examples.ts'
import { type MailServerOptions, startMailServer } from '../../../../test/harness/mail-server.ts'
import { buildRequest, type HttpRequest } from '../delivery/request.ts'
import type { Sender } from '../ports/send.ts'
import { createDispatch } from './dispatch.ts'
import { createMailSender } from './mail.ts'

const held = new Set<AsyncDisposable>()
afterEach(async () => {
  for (const resource of [...held].toReversed()) await resource[Symbol.asyncDispose]()
  held.clear()
})
function hold<T extends AsyncDisposable>(resource: T): T {
  held.add(resource)
  return resource
}

const FROM = 'DNSRadar <radar@example.org>'
const senderTo = (smtpUrl: string, keepResponses = true): Sender =>
  hold(createMailSender({ smtpUrl, from: FROM, keepResponses }))

async function mailing(options: MailServerOptions = {}) {
  const server = hold(await startMailServer(options))
  return { server, sender: senderTo(server.url) }
}

const attempt = { now: Date.UTC(2026, 0, 8, 12), userAgent: 'DNSRadar/1.2.3' }
function request(change: Partial<HttpRequest> = {}): HttpRequest {
  const webhook = aWebhook({ format: 'email', url: 'mailto:ops@example.com', headers: [['X-DNSRadar-Team', 'dns']] })
  return { ...buildRequest(webhook, aDelivery({ body: written({ format: 'email' }) }), attempt), ...change }
}

describe('a mail', () => {
  test('arrives with its subject, its text and what tells mails apart', async () => {
    const { server, sender } = await mailing()
    expect(await sender.send(request())).toMatchObject({
      kind: 'accepted',
      statusCode: 250,
      responseBody: expect.stringContaining('kept'),
    })
    const mail = await server.next()
    expect(mail).toMatchObject({ from: 'radar@example.org', to: ['ops@example.com'] })
    expect(mail.headers).toMatchObject({
      from: FROM,
      to: 'ops@example.com',
      subject: '[DNSRadar] Broken: A www.example.com',
      'message-id': '<req_01jd00000000000000000000aa@example.org>',
      'x-dnsradar-event': 'record.broken',
      'x-dnsradar-team': 'dns',
      'auto-submitted': 'auto-generated',
    })
    expect(mail.headers).not.toHaveProperty('x-dnsradar-signature')
    expect(mail.text).toContain('State: VALID → MISMATCH\nExpected: 192.0.2.1\n')
  })

  test('goes to every address of its url and to no other', async () => {
    const { server, sender } = await mailing()
    await sender.send(request({ url: 'mailto:a@example.com,b@example.com' }))
    expect((await server.next()).to).toEqual(['a@example.com', 'b@example.com'])
  })

  test('has the same id when it is repeated, and another one when it is another', async () => {
    const { server, sender } = await mailing()
    await sender.send(request())
    await sender.send(request())
    const other = aDelivery({ id: 'req_01jd00000000000000000000ab', body: written({ format: 'email' }) })
    await sender.send(buildRequest(aWebhook({ format: 'email', url: 'mailto:ops@example.com' }), other, attempt))
    const ids = server.mails.map(({ headers }) => headers['message-id'])
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false])
  })

  test('whose subject or header would begin another header does not', async () => {
    const { server, sender } = await mailing()
    const body = JSON.stringify({ subject: 'a\r\nBcc: b@example.net', text: '.\r\n.\r\nQUIT' })
    await sender.send(request({ body, headers: [['X-DNSRadar-Group', 'x\r\nBcc: c@example.net']] }))
    const { headers, to, text } = await server.next()
    expect(headers).not.toHaveProperty('bcc')
    expect(to).toEqual(['ops@example.com'])
    expect(text).toBe('.\n.\nQUIT\n')
  })

  test('that waited in another format is sent as it was written', async () => {
    const { server, sender } = await mailing()
    await sender.send(request({ body: '{"uuid":"req_x"}' }))
    expect((await server.next()).text).toContain('{"uuid":"req_x"}')
  })

  test('says nothing of the server where responses are not kept', async () => {
    const server = hold(await startMailServer({ unknown: ['ops@example.com'] }))
    const sender = senderTo(server.url, false)
    expect(await sender.send(request())).toMatchObject({ statusCode: 550, responseBody: null })
    expect(await sender.send(request({ url: 'mailto:a@example.com' }))).toMatchObject({ responseBody: '' })
  })
})

describe('connections', () => {
  test('are kept for the next mail', async () => {
    const { server, sender } = await mailing()
    await sender.send(request())
    await sender.send(request())
    expect(new Set(server.mails.map(({ session }) => session)).size).toBe(1)
  })

  test('that the server closed meanwhile are replaced', async () => {
    const { server, sender } = await mailing()
    await sender.send(request())
    await server.dropConnections()
    expect(await sender.send(request())).toMatchObject({ kind: 'accepted' })
    expect(new Set(server.mails.map(({ session }) => session)).size).toBe(2)
  })

  test('log in when the operator gave an account', async () => {
    const login = { user: 'radar', pass: 'p@ss:word' }
    const { server, sender } = await mailing({ login })
    expect(await sender.send(request())).toMatchObject({ kind: 'accepted' })
    const stranger = senderTo(server.url.replace(encodeURIComponent(login.pass), 'wrong'))
    expect(await stranger.send(request())).toMatchObject({
      kind: 'failed',
      errorClass: 'refused',
      errorMessage: 'The mail server answered 535',
      statusCode: 535,
    })
  })

  test('are closed when the login is refused', async () => {
    const server = hold(await startMailServer({ login: { user: 'radar', pass: 'right' } }))
    await senderTo(server.url.replace('right', 'wrong')).send(request())
    await expect.poll(() => server.connections).toBe(0)
  })
})

describe('what goes wrong', () => {
  test('a recipient that does not exist is refused, and others of the same mail are not', async () => {
    const { server, sender } = await mailing({ unknown: ['nobody@example.com'] })
    expect(await sender.send(request({ url: 'mailto:nobody@example.com' }))).toMatchObject({
      kind: 'failed',
      errorClass: 'refused',
      statusCode: 550,
      responseBody: expect.stringContaining('No such user'),
    })
    const outcome = await sender.send(request({ url: 'mailto:nobody@example.com,ops@example.com' }))
    expect(outcome).toMatchObject({ kind: 'accepted', responseBody: expect.stringContaining('nobody@example.com') })
    expect((await server.next()).to).toEqual(['ops@example.com'])
  })

  test('a certificate that nobody vouches for', async () => {
    const { sender } = await mailing({ tls: true })
    expect(await sender.send(request())).toMatchObject({ kind: 'failed', errorClass: 'tls' })
  })

  test('a certificate that the operator accepts', async () => {
    const server = hold(await startMailServer({ tls: true }))
    const sender = senderTo(`${server.url}/?tls.rejectUnauthorized=false`)
    expect(await sender.send(request())).toMatchObject({ kind: 'accepted' })
  })

  test('a server that is not there', async () => {
    const { url } = await closedServer()
    expect(await senderTo(url).send(request())).toMatchObject({
      kind: 'failed',
      errorClass: 'refused',
      statusCode: null,
    })
  })

  test('a server that never says a word ends with the timeout of the attempt', async () => {
    const { url } = await server(() => {})
    expect(await senderTo(url).send(request({ timeoutMs: 200 }))).toMatchObject({
      kind: 'failed',
      errorClass: 'timeout',
      errorMessage: 'Connection timeout after 0.2 s with the mail server',
    })
  })

  test('a server that hangs up', async () => {
    const { url } = await server((socket) => socket.destroy())
    expect(await senderTo(url).send(request())).toMatchObject({ kind: 'failed', errorClass: 'reset' })
  })

  test('a server that is none', async () => {
    const { url } = await server((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect(await senderTo(url).send(request())).toMatchObject({ kind: 'failed', errorClass: 'protocol' })
  })

  test('a process that stops calls the attempt off', async () => {
    const stop = new AbortController()
    const { url } = await server(() => stop.abort())
    expect(await senderTo(url).send(request(), stop.signal)).toMatchObject({ kind: 'failed', errorClass: 'reset' })
  })

  test('an installation that lost its mail server says what to set', async () => {
    const http: Sender = { send: () => Promise.reject(new Error('not asked')), [Symbol.asyncDispose]: async () => {} }
    expect(await createDispatch({ http, mail: null }).send(request())).toMatchObject({
      kind: 'failed',
      errorClass: 'blocked_target',
      errorMessage: expect.stringContaining('DNSRADAR_SMTP_URL'),
    })
  })
})

/** A TCP server that does with each connection what the test says. */
async function server(onConnection: (socket: Socket) => void): Promise<{ readonly url: string }> {
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  hold({
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => tcp.close(resolve))
    },
  })
  return { url: `smtp://127.0.0.1:${(tcp.address() as AddressInfo).port}` }
}

async function closedServer(): Promise<{ readonly url: string }> {
  const made = await server(() => {})
  for (const resource of held) await resource[Symbol.asyncDispose]()
  held.clear()
  return made
}
