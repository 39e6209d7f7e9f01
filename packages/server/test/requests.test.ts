/** The contract of `/webhooks/{id}/requests`: the history of what was sent, and tests in it. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { A_MONITOR, expectProblem, READER } from './api.ts'
import { type Receiving, startReceiving } from './receiving.ts'

describe('requests', () => {
  let world: Receiving
  let webhook: string
  const now = () => Math.floor(Date.now() / 1000)
  const list = async (query = '') => (await world.api.call('GET', `/webhooks/${webhook}/requests?${query}`)).body

  beforeAll(async () => {
    world = await startReceiving()
    const { receiver } = world
    const json = { url: receiver.url, secret: 'hunter2', headers: { 'X-Team': 'dns' } }
    webhook = (await world.createWebhook(json)).body.uuid
    // The name does not exist, so the first look is an event; it is answered with 500 and waits for its retry.
    receiver.answer({ status: 500, body: 'no' }, 1)
    const { uuid } = await world.create(A_MONITOR)
    await world.check(uuid)
    await receiver.waitFor(1)
    await vi.waitUntil(async () => (await list()).data[0]?.status === 'RETRYING')
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('a failed delivery is in the history with its attempt, body and headers', async () => {
    const [row] = (await list()).data
    expect(row).toMatchObject({
      webhook_uuid: webhook,
      status: 'RETRYING',
      kind: 'event',
      status_code: 500,
      response_body: 'no',
      retries: 0,
      delivered: null,
      sequence: 1,
      system_event_uuid: null,
    })
    expect(row.error_message).toMatch(/500/)
    expect(row.next_attempt).not.toBeNull()
    const { body: detail } = await world.api.call('GET', `/webhooks/${webhook}/requests/${row.uuid}`)
    expect(detail).toMatchObject({
      ...row,
      attempts: [{ number: 1, status_code: 500, error_class: 'http_status', response_body: 'no' }],
    })
    expect(detail.body).toBe(world.receiver.requests[0]?.body)
    const sent = world.receiver.requests[0]?.headers ?? {}
    for (const [name, value] of Object.entries(detail.headers))
      expect([name, sent[name.toLowerCase()]]).toEqual([name, value])
    expect(detail.headers['X-DNSRadar-Signature']).toBe(
      createHmac('sha256', 'hunter2').update(detail.body).digest('hex'),
    )
  })

  test('a key that may only read sees neither signatures nor the values of own headers', async () => {
    const [row] = (await list()).data
    const { body } = await world.api.call('GET', `/webhooks/${webhook}/requests/${row.uuid}`, { key: READER })
    expect(body.headers).toMatchObject({ 'webhook-id': row.uuid, 'X-Team': '***' })
    expect(Object.keys(body.headers).filter((name) => /signature/i.test(name))).toEqual([])
  })

  test('filters', async () => {
    const soon = now() + 3600
    const cases: [query: string, found: number][] = [
      ['', 1],
      ['status=RETRYING', 1],
      ['status=DELIVERED', 0],
      ['status_code=500', 1],
      ['status_code=5xx', 1],
      ['status_code=404', 0],
      ['status_code=2xx', 0],
      [`created_before=${soon}`, 1],
      [`created_after=${soon}`, 0],
      [`created_after=1&created_before=${soon}`, 1],
      [`last_attempt_after=1&last_attempt_before=${soon}`, 1],
      [`last_attempt_after=${soon}`, 0],
      [`delivered_before=${soon}`, 0],
      [`delivered_after=1`, 0],
      ['created_after=1&delivered_before=1', 1],
      [`created_after=1&delivered_before=1&status_code=500&order_by=created&order_way=asc&limit=1`, 1],
    ]
    for (const [query, found] of cases) expect([query, (await list(query)).data.length]).toEqual([query, found])
  })

  const refused = [
    'created_after=2026-01-01T00:00:00Z',
    'created_after=-1',
    'created_after=1.5',
    'delivered_before=99999999999999',
    'status=LOST',
    'status_code=600',
    'status_code=9xx',
    'status_code=abc',
    'order_by=delivered',
    'monitor_id=x',
  ]
  test.for(refused)('refused: ?%s', async (query) => {
    const reply = await world.api.call('GET', `/webhooks/${webhook}/requests?${query}`)
    expectProblem(reply, 400, 'invalid_query', { [query.split('=')[0] ?? '']: /./ })
  })

  test('a test is delivered, marked, and found under the id that it was given', async () => {
    const { status, body } = await world.api.call('POST', `/webhooks/${webhook}/test`)
    expect(status).toBe(202)
    expect(body.uuid).toMatch(/^req_test_/)
    expect(body).toMatchObject({ kind: 'test', event_uuid: null, sequence: null, webhook_uuid: webhook })
    await expect
      .poll(async () => (await world.api.call('GET', `/webhooks/${webhook}/requests/${body.uuid}`)).body.status)
      .toBe('DELIVERED')
    const received = world.receiver.requests.find((request) => request.body.includes(body.uuid))
    expect(JSON.parse(received?.body ?? '')).toMatchObject({
      uuid: body.uuid,
      event: { event_uuid: expect.stringMatching(/^evt_test_/) },
    })
    const all = await list('limit=1')
    const rest = await list(`limit=100&after=${all.after}`)
    expect(rest.data.map((row: { uuid: string }) => row.uuid)).not.toContain(all.data[0].uuid)
  })

  test('a disabled webhook can be tested', async () => {
    const { uuid } = (await world.createWebhook({ url: world.receiver.url, is_active: false })).body
    expect((await world.api.call('POST', `/webhooks/${uuid}/test`)).status).toBe(202)
  })

  test('a request of another webhook is not found under this one', async () => {
    const [row] = (await list()).data
    const { uuid } = (await world.createWebhook({ url: world.receiver.url })).body
    expectProblem(await world.api.call('GET', `/webhooks/${uuid}/requests/${row.uuid}`), 404, 'not_found')
  })
})
