/** A webhook must not become a way into the network that the server stands in. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startDnsServer } from '../harness/dns-server.ts'
import { type Radar, startRadar } from '../harness/radar.ts'
import { startReceiver } from '../harness/webhook-receiver.ts'

/** One server for every test of the block: none of them leaves anything behind. */
function radarWith(settings: Readonly<Record<string, string>>): () => Radar {
  let radar: Radar | undefined
  beforeAll(async () => void (radar = await startRadar({ settings })))
  afterAll(async () => radar?.[Symbol.asyncDispose]())
  return () => {
    if (radar === undefined) throw new Error('not started')
    return radar
  }
}

describe('where nothing private is allowed', () => {
  const radar = radarWith({ DNSRADAR_WEBHOOK_ALLOW: '' })

  test.for([
    'http://127.0.0.1:8080/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://１２７。０。０。１/',
    'http://127%2e0.0.1/',
    'http:\\\\127.0.0.1\\@example.com/',
    'ht\ntp://127.0.\t0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://168.63.129.16/',
    'http://100.100.100.200/',
    'http://localhost/',
    'http://intranet/',
    'http://db.internal/',
    'http://home.arpa/',
    'http://metadata.google.internal/computeMetadata/v1/',
  ])('a webhook to %j is refused, and the refusal names the setting that would allow it', async (url) => {
    await expect(radar().client.createWebhook({ url })).rejects.toMatchObject({
      status: 400,
      code: 'blocked_target',
      fields: { url: expect.stringContaining('DNSRADAR_WEBHOOK_ALLOW') },
    })
    expect((await radar().client.listWebhooks()).data).toEqual([])
  })

  test.for(['http://user:secret@example.com/', 'http://example.com:25/', 'ftp://example.com/', 'file:///etc/passwd'])(
    'a webhook to %s is refused whatever is allowed',
    async (url) => {
      await expect(radar().client.createWebhook({ url })).rejects.toMatchObject({
        status: 400,
        code: 'blocked_target',
        fields: { url: expect.not.stringMatching(/DNSRADAR_WEBHOOK_ALLOW|secret/) },
      })
    },
  )

  test('an edit does not get where a creation may not', async () => {
    const { client } = radar()
    const webhook = await client.createWebhook({ url: 'https://hooks.example.com/' })
    await expect(client.updateWebhook(webhook.uuid, { url: 'http://[::1]/' })).rejects.toMatchObject({
      code: 'blocked_target',
    })
    expect(await client.getWebhook(webhook.uuid)).toMatchObject({ url: 'https://hooks.example.com/' })
    await client.deleteWebhook(webhook.uuid)
  })
})

describe('our own API is no target, even where everything is allowed', () => {
  const radar = radarWith({ DNSRADAR_WEBHOOK_ALLOW: '0.0.0.0/0,::/0,localhost,127.0.0.1' })

  test.for([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.0x0.0x0.0x1',
    '127.0.0.1.',
    '0.0.0.0',
    '0',
    'localhost',
    'api.localhost',
    'LOCALHOST.',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::]',
    '[64:ff9b::127.0.0.1]',
  ])('%s', async (host) => {
    const url = `http://${host}:${new URL(radar().url).port}/monitors`
    await expect(radar().client.createWebhook({ url })).rejects.toMatchObject({
      code: 'blocked_target',
      fields: { url: expect.stringContaining('this DNSRadar itself') },
    })
  })
})

test('a redirect does not lead where a webhook may not go', async () => {
  await using secret = await startReceiver()
  await using radar = await startRadar()
  const { client, receiver } = radar
  receiver.answer({ status: 307, headers: { location: secret.url } })
  const webhook = await client.createWebhook({ url: receiver.url })
  await client.testWebhook(webhook.uuid)
  await vi.waitFor(
    async () =>
      expect((await client.listRequests(webhook.uuid)).data).toMatchObject([{ status: 'FAILED', status_code: 307 }]),
    10_000,
  )
  expect(secret.requests).toEqual([])
})

test('a webhook made while its name was public is not sent once the name is private', async () => {
  await using dns = await startDnsServer()
  dns.set('hooks.example', 'A', ['93.184.216.34'])
  await using radar = await startRadar({
    settings: { DNSRADAR_WEBHOOK_ALLOW: '', DNSRADAR_WEBHOOK_RESOLVERS: dns.address },
  })
  const { client, receiver } = radar
  const webhook = await client.createWebhook({ url: `http://hooks.example:${receiver.port}/` })
  dns.set('hooks.example', 'A', ['127.0.0.1'])
  await client.testWebhook(webhook.uuid)
  const lastRequest = async () => (await client.listRequests(webhook.uuid)).data[0]
  await vi.waitFor(async () => expect((await lastRequest())?.status).toBe('FAILED'), 10_000)
  expect(await lastRequest()).toMatchObject({
    status_code: null,
    error_message: expect.stringMatching(/a loopback address.*DNSRADAR_WEBHOOK_ALLOW/),
  })
  expect(receiver.requests).toEqual([])
})
