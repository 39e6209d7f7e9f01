/**
 * What the DNS says about a webhook's name is the word of whoever owns the name. Staged with a name server that answers
 * as an attacker would and a receiver that stands for the machine he is after.
 */
import { parseAllowList } from '@dnsradar/core/send/guard'
import { createSender } from '@dnsradar/core/send/http'
import { lookupVia } from '@dnsradar/core/send/lookup'
import { AUTHORITATIVE_ANSWER, type Answer, decode, encode, RECURSION_AVAILABLE } from 'dns-packet'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../harness/dns-server.ts'
import { type Receiver, startReceiver } from '../harness/webhook-receiver.ts'

type Sending = ReturnType<typeof createSender>

interface Stage {
  readonly dns: DnsServer
  readonly receiver: Receiver
  /** To the receiver's port by this name. */
  url(host: string): string
  /** A sender that asks this stage's name server; `allow` entries without a port are given the receiver's. */
  sender(...allow: string[]): Sending
}

async function stage(): Promise<Stage> {
  const [dns, receiver] = [await startDnsServer(), await startReceiver()]
  onTestFinished(async () => {
    await receiver.close()
    await dns[Symbol.asyncDispose]()
  })
  return {
    dns,
    receiver,
    url: (host) => `http://${host}:${receiver.port}/hook`,
    sender(...allow) {
      const sender = createSender({
        allow: parseAllowList(allow),
        ownListen: () => null,
        keepResponses: true,
        resolve: lookupVia([dns.address]),
      })
      onTestFinished(() => sender[Symbol.asyncDispose]())
      return sender
    },
  }
}

const post = (sender: Sending, url: string) =>
  sender.send({ url, method: 'POST', headers: [], body: '{}', timeoutMs: 5000 })

/** Refused before any address was dialled. */
const BLOCKED = {
  kind: 'failed',
  errorClass: 'blocked_target',
  errorMessage: expect.stringContaining('DNSRADAR_WEBHOOK_ALLOW'),
  statusCode: null,
  ip: null,
  phases: { connect: null, tls: null, firstByte: null },
}

describe('every answer counts', () => {
  const answers: { why: string; a?: string[]; aaaa?: string[] }[] = [
    { why: 'a private address', a: ['10.0.0.1'] },
    { why: 'loopback', a: ['127.0.0.1'] },
    { why: 'the unspecified address, which is this machine', a: ['0.0.0.0'] },
    { why: 'a metadata service', a: ['169.254.169.254'] },
    { why: 'a private address after public ones', a: ['93.184.216.34', '1.1.1.1', '192.168.0.1'] },
    { why: 'a private address before a public one', a: ['192.168.0.1', '93.184.216.34'] },
    { why: 'a public IPv4 and a private IPv6 address', a: ['93.184.216.34'], aaaa: ['fd00::1'] },
    { why: 'a private IPv4 and a public IPv6 address', a: ['10.0.0.1'], aaaa: ['2606:4700::1111'] },
    { why: 'loopback mapped into IPv6', aaaa: ['::ffff:127.0.0.1'] },
    { why: 'loopback behind NAT64', aaaa: ['64:ff9b::7f00:1'] },
    { why: 'loopback behind 6to4', aaaa: ['2002:7f00:1::'] },
    { why: 'a link-local address', aaaa: ['fe80::1'] },
  ]
  test.for(answers)('$why is refused', async ({ a, aaaa }) => {
    const { dns, sender, url, receiver } = await stage()
    if (a !== undefined) dns.set('hooks.example', 'A', a)
    if (aaaa !== undefined) dns.set('hooks.example', 'AAAA', aaaa)
    expect(await post(sender(), url('hooks.example'))).toMatchObject(BLOCKED)
    expect(receiver.requests).toEqual([])
  })

  test('at the end of a chain of aliases, too', async () => {
    const { dns, sender, url, receiver } = await stage()
    dns.set('hooks.example', 'CNAME', ['edge.cdn.example'])
    dns.set('edge.cdn.example', 'CNAME', ['inside.example'])
    dns.set('inside.example', 'A', ['127.0.0.1'])
    expect(await post(sender(), url('hooks.example'))).toMatchObject(BLOCKED)
    expect(await post(sender('127.0.0.1'), url('hooks.example'))).toMatchObject({ kind: 'accepted', ip: '127.0.0.1' })
    expect(receiver.requests).toHaveLength(1)
  })

  test('an allowed name is allowed wherever it leads, and no name that is an alias of it is', async () => {
    const { dns, sender, url, receiver } = await stage()
    dns.set('n8n.corp.example', 'A', ['127.0.0.1'])
    dns.set('alias.example', 'CNAME', ['n8n.corp.example'])
    const allowing = sender(`n8n.corp.example:${receiver.port}`)
    expect(await post(allowing, url('alias.example'))).toMatchObject(BLOCKED)
    expect(await post(allowing, url('n8n.corp.example'))).toMatchObject({ kind: 'accepted' })
    dns.set('n8n.corp.example', 'A', ['169.254.169.254'])
    await receiver.dropConnections()
    expect(await post(allowing, url('n8n.corp.example'))).toMatchObject(BLOCKED)
  })
})

/** The first answer to each type, and another one to every later question. */
function answersOnce(first: string, later: string): (query: Buffer) => Buffer[] {
  let asked = 0
  return (message) => {
    const query = decode(message)
    const [question] = query.questions ?? []
    if (question === undefined) return []
    const answers: Answer[] =
      question.type === 'A' ? [{ type: 'A', name: question.name, ttl: 0, data: asked++ === 0 ? first : later }] : []
    const reply = encode({
      type: 'response',
      id: query.id ?? 0,
      flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE,
      questions: [question],
      answers,
    })
    return [reply]
  }
}

describe('a name that changes its mind', () => {
  test('within one attempt: the address that was checked is the one that is dialled', async () => {
    const { dns, sender, url, receiver } = await stage()
    dns.behave('rebind.example', { kind: 'raw', reply: answersOnce('127.0.0.1', '169.254.169.254') })
    const outcome = await post(sender('127.0.0.1'), url('rebind.example'))
    expect(outcome).toMatchObject({ kind: 'accepted', ip: '127.0.0.1' })
    expect(dns.count({ name: 'rebind.example', type: 'A' })).toBe(1)
    expect(receiver.requests[0]?.headers.host).toBe(`rebind.example:${receiver.port}`)
  })

  test('within one attempt, where nobody listens at the first address: the second is not tried', async () => {
    const { dns, sender, url, receiver } = await stage()
    dns.behave('rebind.example', { kind: 'raw', reply: answersOnce('127.0.0.3', '127.0.0.1') })
    expect(await post(sender('127.0.0.0/8'), url('rebind.example'))).toMatchObject({ errorClass: 'refused' })
    expect(receiver.requests).toEqual([])
  })

  test('between two attempts: the second is refused', async () => {
    const { dns, sender, url, receiver } = await stage()
    receiver.answer({ status: 500, headers: { connection: 'close' } })
    dns.behave('rebind.example', { kind: 'raw', reply: answersOnce('127.0.0.1', '10.0.0.1') })
    const sending = sender('127.0.0.1')
    expect(await post(sending, url('rebind.example'))).toMatchObject({ errorClass: 'http_status' })
    expect(await post(sending, url('rebind.example'))).toMatchObject(BLOCKED)
  })

  test('while a connection is kept: that one still ends where it was checked, and no other is made', async () => {
    const { dns, sender, url, receiver } = await stage()
    dns.set('hooks.example', 'A', ['127.0.0.1'])
    const sending = sender('127.0.0.1')
    await post(sending, url('hooks.example'))
    dns.set('hooks.example', 'A', ['169.254.169.254'])
    expect(await post(sending, url('hooks.example'))).toMatchObject({ kind: 'accepted', ip: '127.0.0.1' })
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 1])
    receiver.answer('hang')
    const [kept, fresh] = [post(sending, url('hooks.example')), post(sending, url('hooks.example'))]
    expect(await fresh).toMatchObject(BLOCKED)
    await receiver.dropConnections()
    expect(await kept).toMatchObject({ errorClass: 'reset' })
    expect(await post(sending, url('hooks.example'))).toMatchObject(BLOCKED)
  })
})

describe('a kept connection', () => {
  test('serves the name and port it was opened for, and no other way to write its address', async () => {
    const { dns, sender, url, receiver } = await stage()
    dns.set('open.example', 'A', ['127.0.0.1'])
    dns.set('closed.example', 'A', ['127.0.0.1'])
    const sending = sender(`open.example:${receiver.port}`)
    expect(await post(sending, url('open.example'))).toMatchObject({ kind: 'accepted' })
    for (const host of ['closed.example', '127.0.0.1', 'localhost', '0.0.0.0', 'x.open.example@127.0.0.1']) {
      expect(await post(sending, url(host))).toMatchObject({ errorClass: 'blocked_target', ip: null })
    }
    expect(await post(sending, url('OPEN.example'))).toMatchObject({ kind: 'accepted' })
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 1])
  })

  test('does not outlive the allow-list that opened it', async () => {
    const { dns, sender, url, receiver } = await stage()
    dns.set('hooks.example', 'A', ['127.0.0.1'])
    expect(await post(sender('127.0.0.1'), url('hooks.example'))).toMatchObject({ kind: 'accepted' })
    expect(await post(sender('127.0.0.2'), url('hooks.example'))).toMatchObject(BLOCKED)
    expect(receiver.requests).toHaveLength(1)
  })
})

test.for([300, 301, 302, 303, 305, 307, 308])('a redirect with %i leads nowhere', async (status) => {
  const { sender, url, receiver } = await stage()
  const elsewhere = await startReceiver()
  onTestFinished(() => elsewhere.close())
  const sending = sender('127.0.0.1')
  for (const location of [elsewhere.url, 'http://169.254.169.254/latest/meta-data/', '//[::1]/', '/again', '::']) {
    receiver.answer({ status, headers: { location, refresh: `0; url=${location}` } })
    expect(await post(sending, url('127.0.0.1'))).toMatchObject({ errorClass: 'http_status', statusCode: status })
  }
  expect(elsewhere.requests).toEqual([])
  expect(receiver.requests).toHaveLength(5)
})
