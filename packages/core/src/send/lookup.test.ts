import { onTestFinished, expect, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { lookupVia, systemLookup } from './lookup.ts'

async function dnsServer(): Promise<DnsServer> {
  const server = await startDnsServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

test('the named servers are asked for both families', async () => {
  const server = await dnsServer()
  server.set('hooks.example', 'A', ['192.0.2.1', '192.0.2.2'])
  server.set('hooks.example', 'AAAA', ['2001:db8::1'])
  const found = await lookupVia([server.address])('hooks.example')
  expect(found.toSorted()).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1'])
})

test('a host in one family is found', async () => {
  const server = await dnsServer()
  server.set('four.example', 'A', ['192.0.2.1'])
  server.set('six.example', 'AAAA', ['2001:db8::1'])
  const resolve = lookupVia([server.address])
  expect(await resolve('four.example')).toEqual(['192.0.2.1'])
  expect(await resolve('six.example')).toEqual(['2001:db8::1'])
})

test('a name that does not exist rejects with a code', async () => {
  const server = await dnsServer()
  await expect(lookupVia([server.address])('nobody.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
})

test('the system knows localhost as loopback', async () => {
  expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining([...(await systemLookup('localhost'))]))
})
