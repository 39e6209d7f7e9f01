/** Whoever answers a DNS query is a stranger: what they send must neither stop the process nor be shown as something else. */
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import type { Behaviour } from '../harness/dns-server.ts'
import { spawnRadar, startRadar, surround } from '../harness/radar.ts'

const FAST = { DNSRADAR_DNS_TIMEOUT: '300ms', DNSRADAR_CONFIRM: '0' }
const HEADER = 12

/** Replies that begin like an answer to the query and go wrong after it. */
const malformed: { why: string; reply: (query: Buffer) => Buffer }[] = [
  { why: 'nothing', reply: () => Buffer.alloc(0) },
  { why: 'one octet', reply: () => Buffer.from([0]) },
  { why: 'the query itself', reply: (query) => query },
  { why: 'a header alone', reply: (query) => answering(query).subarray(0, HEADER) },
  { why: 'answers that are announced and missing', reply: (query) => counted(answering(query), 65_535) },
  {
    why: 'a name that points at itself',
    reply: (query) => Buffer.concat([counted(answering(query), 1), pointerTo(query.length)]),
  },
  {
    why: 'a name that points beyond the end',
    reply: (query) => Buffer.concat([counted(answering(query), 1), pointerTo(0x3fff)]),
  },
  {
    why: 'a label longer than the message',
    reply: (query) => Buffer.concat([counted(answering(query), 1), Buffer.from([63, 97])]),
  },
  {
    why: 'a reserved kind of label',
    reply: (query) => Buffer.concat([counted(answering(query), 1), Buffer.from([0x80, 0])]),
  },
  {
    why: 'an address of three octets',
    reply: (query) => Buffer.concat([counted(answering(query), 1), record(Buffer.from([192, 0, 2]))]),
  },
  {
    why: 'data longer than the message',
    reply: (query) => Buffer.concat([counted(answering(query), 1), record(Buffer.alloc(4), 60_000)]),
  },
  {
    why: 'sixty thousand octets of 0xff',
    reply: (query) => Buffer.concat([counted(answering(query), 9), Buffer.alloc(60_000, 0xff)]),
  },
]

test('malformed answers are a state of the monitor and not the end of the process', async () => {
  await using around = await surround({ settings: FAST })
  await using radar = await spawnRadar(around.settings)
  const { uuid } = await radar.client.createMonitor({
    domain: 'a.example',
    record_type: 'A',
    expected_value: '192.0.2.1',
  })
  for (const { reply } of malformed) {
    around.dns.behave('*', { kind: 'raw', reply: (query) => [reply(query)] })
    const { state } = await radar.client.checkMonitor(uuid)
    expect(['INVALID', 'TIMEOUT']).toContain(state)
  }
  around.dns.behave('*', null)
  around.dns.set('a.example', 'A', ['192.0.2.1'])
  expect(await radar.client.checkMonitor(uuid)).toMatchObject({ state: 'VALID', current_value: ['192.0.2.1'] })
  expect(await radar.stop('SIGTERM')).toMatchObject({ code: 0 })
})

const behaviours: { why: string; behaviour: Behaviour; states: string[] }[] = [
  { why: 'silence', behaviour: { kind: 'silence' }, states: ['TIMEOUT'] },
  { why: 'an answer to another query', behaviour: { kind: 'wrong_id' }, states: ['TIMEOUT'] },
  { why: 'SERVFAIL', behaviour: { kind: 'rcode', rcode: 2 }, states: ['INVALID'] },
  { why: 'REFUSED', behaviour: { kind: 'rcode', rcode: 5 }, states: ['INVALID'] },
]

test.for(behaviours)(
  'a name server that sends $why says nothing about the record’s value',
  async ({ behaviour, states }) => {
    await using radar = await startRadar({ settings: FAST })
    radar.dns.set('a.example', 'A', ['192.0.2.1'])
    radar.dns.behave('*', behaviour)
    const { uuid } = await radar.client.createMonitor({
      domain: 'a.example',
      record_type: 'A',
      expected_value: '192.0.2.1',
    })
    const { state, current_value } = await radar.client.checkMonitor(uuid)
    expect(states).toContain(state)
    expect(current_value).toEqual([])
  },
)

const texts: { why: string; record: string | Buffer | (string | Buffer)[]; shown: string }[] = [
  { why: 'UTF-8 is text', record: 'grüße 👋', shown: 'grüße 👋' },
  { why: 'other octets above 127 are escaped', record: Buffer.from([0x41, 0xff, 0xfe, 0x42]), shown: 'A\\255\\254B' },
  { why: 'NUL is escaped', record: Buffer.from([0x41, 0, 0x42]), shown: 'A\\000B' },
  { why: 'the strings of one record are joined', record: ['v=spf1 ', 'a -all'], shown: 'v=spf1 a -all' },
  {
    why: 'a character cut in two by strings is whole again',
    record: [Buffer.from([0xc3]), Buffer.from([0xbc])],
    shown: 'ü',
  },
  { why: 'markup is text', record: '<script>alert(1)</script>', shown: '<script>alert(1)</script>' },
]

test.for(texts)('the text of a TXT record: $why', async ({ record: given, shown }) => {
  await using radar = await startRadar()
  const { client, dns, receiver } = radar
  await client.createWebhook({ url: receiver.url })
  dns.set('a.example', 'TXT', [given])
  const { uuid } = await client.createMonitor({
    domain: 'a.example',
    record_type: 'TXT',
    expected_value: 'something else',
  })
  expect(await client.checkMonitor(uuid)).toMatchObject({ state: 'MISMATCH', current_value: [shown] })
  const { body } = await receiver.next()
  expect(JSON.parse(body)).toMatchObject({ event: { current_value: [shown] } })
  expect((await client.listEvents()).data).toMatchObject([{ current_value: [shown] }])
})

/** The query as a response without an error: header flags changed, question kept, nothing after it. */
function answering(query: Buffer): Buffer {
  const reply = Buffer.from(query.subarray(0, questionEnd(query)))
  reply.writeUInt16BE(0x8180, 2)
  reply.writeUInt16BE(1, 4)
  reply.fill(0, 6, HEADER)
  return reply
}

/** Where the question ends: its name, two octets of type, two of class. */
function questionEnd(query: Buffer): number {
  let at = HEADER
  while ((query[at] ?? 0) !== 0) at += 1 + (query[at] ?? 0)
  return at + 5
}

function counted(reply: Buffer, answers: number): Buffer {
  reply.writeUInt16BE(answers, 6)
  return reply
}

function pointerTo(offset: number): Buffer {
  return Buffer.from([0xc0 | (offset >> 8), offset & 0xff])
}

/** An A record of the question's name. */
function record(data: Buffer, length = data.length): Buffer {
  const head = Buffer.from([0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 60, length >> 8, length & 0xff])
  return Buffer.concat([head, data])
}
