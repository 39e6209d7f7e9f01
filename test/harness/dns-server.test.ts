import { once } from 'node:events'
import { Resolver } from 'node:dns/promises'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { decode, encode } from './dns-oracle.ts'
import { type DnsServer, startDnsServer } from './dns-server.ts'

/** Another resolver than the product's: Node's own. */
function resolverOf(server: DnsServer): Resolver {
  const resolver = new Resolver({ timeout: 2000, tries: 1 })
  resolver.setServers([server.address])
  return resolver
}

test('it serves every type it can hold, over UDP', async () => {
  await using server = await startDnsServer()
  const resolver = resolverOf(server)
  server.set('a.test', 'A', ['192.0.2.2', '192.0.2.1'], 42)
  server.set('a.test', 'AAAA', ['2001:db8::1'])
  server.set('a.test', 'MX', ['10 mx.a.test'])
  server.set('a.test', 'TXT', [['v=spf1 ', '-all'], 'plain', Buffer.from([0xff])])
  server.set('a.test', 'NS', ['ns1.a.test'])
  server.set('a.test', 'CAA', ['0 issue "ca.test"'])
  server.set('1.2.0.192.in-addr.arpa', 'PTR', ['a.test'])
  expect(await resolver.resolve4('a.test', { ttl: true })).toEqual([
    { address: '192.0.2.2', ttl: 42 },
    { address: '192.0.2.1', ttl: 42 },
  ])
  expect(await resolver.resolve6('a.test')).toEqual(['2001:db8::1'])
  expect(await resolver.resolveMx('a.test')).toMatchObject([{ priority: 10, exchange: 'mx.a.test' }])
  expect(await resolver.resolveTxt('a.test')).toEqual([['v=spf1 ', '-all'], ['plain'], ['\u00ff']])
  expect(await resolver.resolveNs('a.test')).toEqual(['ns1.a.test'])
  expect(await resolver.resolveCaa('a.test')).toMatchObject([{ critical: 0, issue: 'ca.test' }])
  expect(await resolver.reverse('192.0.2.1')).toEqual(['a.test'])
})

test('aliases are followed, DNAMEs included', async () => {
  await using server = await startDnsServer()
  server.set('www.old.test', 'CNAME', ['www.other.test'])
  server.set('other.test', 'DNAME', ['new.test'])
  server.set('www.new.test', 'A', ['192.0.2.1'])
  expect(await resolverOf(server).resolve4('www.old.test')).toEqual(['192.0.2.1'])
})

test('a name with names below it exists, another one does not', async () => {
  await using server = await startDnsServer()
  const resolver = resolverOf(server)
  server.set('deep.below.a.test', 'A', ['192.0.2.1'])
  await expect(resolver.resolve4('below.a.test')).rejects.toMatchObject({ code: 'ENODATA' })
  await expect(resolver.resolve4('elsewhere.a.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  server.remove('deep.below.a.test')
  await expect(resolver.resolve4('below.a.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
})

test('a negative answer carries the SOA of its zone', async () => {
  await using server = await startDnsServer()
  server.set('a.test', 'SOA', [17], 900)
  const answer = decode(await overTcp(server, encode({ id: 7, questions: [{ name: 'no.a.test', type: 'A' }] })))
  expect(answer).toMatchObject({ id: 7, rcode: 'NXDOMAIN', flag_aa: true })
  expect(answer.authorities).toMatchObject([{ name: 'a.test', type: 'SOA', ttl: 900, data: { minimum: 17 } }])
})

test('what does not fit a datagram comes over TCP', async () => {
  await using server = await startDnsServer()
  server.set(
    'a.test',
    'TXT',
    Array.from({ length: 10 }, (_, at) => `${at}`.padEnd(200, 'x')),
  )
  expect(await resolverOf(server).resolveTxt('a.test')).toHaveLength(10)
  expect(server.queries.map(({ transport }) => transport)).toEqual(['udp', 'tcp'])
})

test('what was asked is counted by name, type and transport', async () => {
  await using server = await startDnsServer()
  const resolver = resolverOf(server)
  server.set('a.test', 'A', ['192.0.2.1'])
  await resolver.resolve4('a.test')
  await expect(resolver.resolve6('a.test')).rejects.toThrow()
  await expect(resolver.resolve4('b.test')).rejects.toThrow()
  expect([
    server.count(),
    server.count({ name: 'A.test' }),
    server.count({ type: 'A' }),
    server.count({ transport: 'tcp' }),
  ]).toEqual([3, 2, 2, 0])
  server.forget()
  expect(server.count()).toBe(0)
})

test('a behaviour of one name leaves the others alone and can be ended', async () => {
  await using server = await startDnsServer()
  const resolver = resolverOf(server)
  server.set('a.test', 'A', ['192.0.2.1'])
  server.set('b.test', 'A', ['192.0.2.2'])
  server.behave('a.test', { kind: 'rcode', rcode: 2 })
  await expect(resolver.resolve4('a.test')).rejects.toMatchObject({ code: 'ESERVFAIL' })
  expect(await resolver.resolve4('b.test')).toEqual(['192.0.2.2'])
  server.behave('a.test', null)
  expect(await resolver.resolve4('a.test')).toEqual(['192.0.2.1'])
})

async function overTcp(server: DnsServer, query: Buffer): Promise<Buffer> {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 0xff]), query]))
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return chunk.subarray(2)
}
