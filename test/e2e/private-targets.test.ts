/** A webhook must not become a way into the network that the server stands in. */
import { expect, test, vi } from 'vitest'
import { startRadar } from '../harness/radar.ts'
import { startReceiver } from '../harness/webhook-receiver.ts'

test.for([
  'http://127.0.0.1:9/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://10.0.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://localhost/',
  'http://db.internal/',
  'http://user:secret@example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
])('a webhook to %s is refused', async (url) => {
  await using radar = await startRadar({ settings: { DNSRADAR_WEBHOOK_ALLOW: '' } })
  await expect(radar.client.createWebhook({ url })).rejects.toMatchObject({
    status: 400,
    fields: { url: expect.any(String) },
  })
  expect((await radar.client.listWebhooks()).data).toEqual([])
})

test('our own API is no target, even where its address is allowed', async () => {
  await using radar = await startRadar()
  await expect(radar.client.createWebhook({ url: `${radar.url}/monitors` })).rejects.toMatchObject({
    code: 'blocked_target',
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
