/** The product's main story: somebody changes a DNS record, and whoever asked to know is told. */
import { Webhook } from 'standardwebhooks'
import { describe, expect, test, vi } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { bodySignature, deliveryIn, textHeaders } from '../harness/delivered.ts'
import { startRadar } from '../harness/radar.ts'

const SECRET = 'correct horse battery staple'
const WWW = { domain: 'example.com', subdomain: 'www', record_type: 'A', expected_value: ['192.0.2.1'] } as const

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('a monitor is UNSET until its first check and VALID when the record is as expected', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    radar.dns.set('www.example.com', 'A', ['192.0.2.1'])
    const created = await radar.client.createMonitor(WWW)
    expect(created).toMatchObject({ state: 'UNSET', current_value: null, last_checked: null, incidence_count: 0 })
    const checked = await radar.client.checkMonitor(created.uuid)
    expect(checked).toMatchObject({
      uuid: created.uuid,
      state: 'VALID',
      current_value: ['192.0.2.1'],
      check: { state: 'VALID', pending_state: null, rcode: 'NOERROR', values: ['192.0.2.1'] },
    })
  })

  test('a new monitor is looked at without being asked to', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    radar.dns.set('www.example.com', 'A', ['192.0.2.1'])
    const { uuid } = await radar.client.createMonitor(WWW)
    await vi.waitFor(async () => expect(await radar.client.getMonitor(uuid)).toMatchObject({ state: 'VALID' }), 10_000)
  })

  test('a changed record is told to the webhook, with both signatures and exactly the documented members', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns, receiver } = radar
    const webhook = await client.createWebhook({ url: receiver.url, secret: SECRET })
    const monitor = await valid(radar)
    dns.set('www.example.com', 'A', ['198.51.100.7'])
    expect(await client.checkMonitor(monitor)).toMatchObject({ state: 'MISMATCH', incidence_count: 1 })

    const request = await receiver.next()
    expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } })
    const delivery = deliveryIn(request)
    expect(delivery).toEqual({
      uuid: request.headers['webhook-id'],
      webhook_uuid: webhook.uuid,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      event: {
        event_uuid: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
        monitor_uuid: monitor,
        domain: 'example.com',
        subdomain: 'www',
        record_type: 'A',
        expected_value: ['192.0.2.1'],
        previous_value: ['192.0.2.1'],
        current_value: ['198.51.100.7'],
        old_state: 'VALID',
        new_state: 'MISMATCH',
        occurred: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        incidence_count: 1,
      },
    })
    expect(request.headers['x-dnsradar-signature']).toBe(bodySignature(SECRET, request.raw))
    expect(request.headers['x-webhook-signature']).toBe(bodySignature(SECRET, request.raw))
    expect(new Webhook(webhook.signing_secret).verify(request.body, textHeaders(request))).toEqual(delivery)
    expect(request.headers['x-webhook-timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(request.headers['x-dnsradar-event']).toBe('record.broken')
  })

  test('the body is what JSON.stringify makes of itself, so receivers that re-serialise it agree on the signature', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    await radar.client.createWebhook({ url: radar.receiver.url, secret: SECRET })
    const monitor = await valid(radar)
    radar.dns.remove('www.example.com')
    await radar.client.checkMonitor(monitor)
    const { body } = await radar.receiver.next()
    expect(JSON.stringify(JSON.parse(body))).toBe(body)
  })

  test('event and request are in the history, newest first', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns, receiver } = radar
    const webhook = await client.createWebhook({ url: receiver.url })
    const monitor = await valid(radar)
    dns.remove('www.example.com')
    await client.checkMonitor(monitor)
    dns.set('www.example.com', 'A', ['192.0.2.1'])
    await client.checkMonitor(monitor)
    const [, restored] = await receiver.waitFor(2)

    const events = await client.listMonitorEvents(monitor)
    expect(events.data.map(({ kind, old_state, new_state }) => [kind, old_state, new_state])).toEqual([
      ['record.restored', 'NOT_FOUND', 'VALID'],
      ['record.broken', 'VALID', 'NOT_FOUND'],
    ])
    expect((await client.listEvents()).data).toEqual(events.data)

    await vi.waitFor(
      async () => expect(await statuses(radar, webhook.uuid)).toEqual(['DELIVERED', 'DELIVERED']),
      10_000,
    )
    const [latest] = (await client.listRequests(webhook.uuid)).data
    expect(latest).toMatchObject({
      event_uuid: events.data[0]?.uuid,
      status_code: 200,
      retries: 0,
      error_message: null,
    })
    const detail = await client.getRequest(webhook.uuid, latest?.uuid ?? '')
    expect(detail.body).toBe(restored?.body)
    expect(detail.attempts).toMatchObject([{ number: 1, status_code: 200, error_class: null }])
  })

  test('a webhook without a secret of its own is signed with the generated one only', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const webhook = await radar.client.createWebhook({ url: radar.receiver.url })
    expect(webhook).toMatchObject({ has_secret: false, signing_secret: expect.stringMatching(/^whsec_/) })
    const monitor = await valid(radar)
    radar.dns.remove('www.example.com')
    await radar.client.checkMonitor(monitor)
    const request = await radar.receiver.next()
    expect(request.headers).not.toHaveProperty('x-dnsradar-signature')
    expect(new Webhook(webhook.signing_secret).verify(request.body, textHeaders(request))).toEqual(deliveryIn(request))
  })

  test('a webhook hears of its own groups and of no other', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, receiver } = radar
    await client.createWebhook({ url: `${receiver.origin}/mail`, groups: ['mail'] })
    await client.createWebhook({ url: `${receiver.origin}/all`, all_groups: true })
    for (const [group, domain] of [
      ['web', 'web.example'],
      ['mail', 'mail.example'],
    ] as const) {
      const { uuid } = await client.createMonitor({ domain, record_type: 'A', expected_value: '192.0.2.1', group })
      await client.checkMonitor(uuid)
    }
    const requests = await receiver.waitFor(3)
    const told = requests.map((request) => `${request.path} ${deliveryIn(request).event.domain}`)
    expect(told.toSorted()).toEqual(['/all mail.example', '/all web.example', '/mail mail.example'])
  })

  test('a deleted monitor stays in the history of events', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const monitor = await valid(radar)
    radar.dns.remove('www.example.com')
    await radar.client.checkMonitor(monitor)
    await radar.client.deleteMonitor(monitor)
    await expect(radar.client.getMonitor(monitor)).rejects.toMatchObject({ code: 'not_found' })
    expect((await radar.client.listEvents()).data).toMatchObject([{ monitor_uuid: monitor, new_state: 'NOT_FOUND' }])
  })

  test('a test delivery is marked as one and leaves the webhook’s record clean', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, receiver } = radar
    const webhook = await client.createWebhook({ url: receiver.url, secret: SECRET })
    receiver.answer(500)
    const sent = await client.testWebhook(webhook.uuid)
    expect(sent).toMatchObject({ kind: 'test', event_uuid: null, uuid: expect.stringContaining('_test_') })
    const { event, ...envelope } = deliveryIn(await receiver.next())
    for (const id of [envelope.uuid, envelope.webhook_uuid, event.event_uuid, event.monitor_uuid])
      expect(id).toContain('_test_')
    await vi.waitFor(async () => expect(await statuses(radar, webhook.uuid)).toEqual(['FAILED']), 10_000)
    expect(await client.getWebhook(webhook.uuid)).toMatchObject({ is_active: true, last_error: null, pending: 0 })
    expect(receiver.requests).toHaveLength(1)
  })
})

/** A monitor of www.example.com that has been VALID. */
async function valid({ client, dns }: Awaited<ReturnType<typeof startRadar>>): Promise<string> {
  dns.set('www.example.com', 'A', ['192.0.2.1'])
  const { uuid } = await client.createMonitor(WWW)
  await client.checkMonitor(uuid)
  return uuid
}

async function statuses({ client }: Awaited<ReturnType<typeof startRadar>>, webhook: string): Promise<string[]> {
  return (await client.listRequests(webhook)).data.map(({ status }) => status)
}
