/** What the trigger makes of a delivery: genuine, fresh, new and wanted, or not. */
import { describe, expect, test, vi } from 'vitest'
import { kept, triggerBench } from './trigger-bench.ts'

const bench = triggerBench()
const { arrivedAt, breakRecord, delivered, trigger } = bench

describe('a delivery', () => {
  test('starts the workflow with the event and its circumstances at the top', async () => {
    const node = trigger()
    await node.activate()
    const { name, monitor } = await breakRecord({ metadata: { customer: '42' } })
    const { status, body, items } = await node.receive(await delivered(node))
    expect(status).toBe(200)
    expect(body).toEqual({ accepted: expect.stringMatching(/^req_/) })
    expect(items).toHaveLength(1)
    expect(items?.[0]?.json).toMatchObject({
      uuid: expect.stringMatching(/^req_/),
      event: { monitor_uuid: monitor.uuid, domain: name, new_state: 'MISMATCH', current_value: ['192.0.2.2'] },
      context: { kind: 'record.broken', hostname: name, metadata: { customer: '42' }, missing: ['192.0.2.1'] },
    })
  })

  test('comes flat or simplified when asked', async () => {
    const node = trigger({ parameters: { output: 'flat', options: { includeHeaders: true } } })
    await node.activate()
    const { name } = await breakRecord()
    const incoming = await delivered(node)
    expect((await node.receive(incoming)).items?.[0]?.json).toMatchObject({
      hostname: name,
      new_state: 'MISMATCH',
      added: ['192.0.2.2'],
      removed: [],
      is_recovery: false,
      is_test: false,
      delivery_uuid: expect.stringMatching(/^req_/),
      headers: { 'webhook-id': expect.stringMatching(/^req_/) },
    })
    node.staticData['seen'] = []
    node.parameters = { output: 'simplified' }
    expect(Object.keys((await node.receive(incoming)).items?.[0]?.json ?? {}).toSorted()).toEqual([
      'current_value',
      'expected_value',
      'hostname',
      'kind',
      'monitor_uuid',
      'new_state',
      'occurred',
      'old_state',
      'record_type',
      'summary',
    ])
  })

  test('of a system event comes as it is, and flat with its kind', async () => {
    const node = trigger({ parameters: { events: ['monitor.disabled'] } })
    await node.activate()
    const { monitor } = await breakRecord()
    await bench.radar.client.disableMonitor(monitor.uuid)
    const incoming = await delivered(node)
    expect((await node.receive(incoming)).items?.[0]?.json).toMatchObject({ type: 'monitor.disabled' })
    node.staticData['seen'] = []
    node.parameters = { events: ['monitor.*'], output: 'flat' }
    expect((await node.receive(incoming)).items?.[0]?.json).toMatchObject({ kind: 'monitor.disabled', is_test: false })
  })

  test('that comes twice runs once and is answered well both times', async () => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const incoming = await delivered(node)
    expect((await node.receive(incoming)).items).toHaveLength(1)
    const again = await node.receive(incoming)
    expect(again).toMatchObject({ status: 200, body: { duplicate: expect.stringMatching(/^req_/) } })
    expect(again.items).toBeUndefined()
  })

  test('is remembered among the last 200', async () => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const incoming = await delivered(node)
    node.staticData['seen'] = Array.from({ length: 200 }, (_, index) => `req_${index}`)
    await node.receive(incoming)
    expect(node.staticData['seen']).toHaveLength(200)
    expect(kept(node).seen.at(-1)).toBe(incoming.headers['webhook-id'])
    expect(kept(node).seen[0]).toBe('req_1')
  })

  const sha = 'x-dnsradar-signature'
  const forgeries: { why: string; change: (incoming: { headers: Record<string, unknown>; raw: Buffer }) => void }[] = [
    {
      why: 'with another body',
      change: (it) => (it.raw = Buffer.from(it.raw.toString().replace('MISMATCH', 'NOT_FOUND'))),
    },
    {
      why: 'with a body written anew',
      change: (it) => (it.raw = Buffer.from(JSON.stringify(JSON.parse(it.raw.toString()), null, 1))),
    },
    { why: 'without the Standard Webhooks signature', change: (it) => delete it.headers['webhook-signature'] },
    {
      why: 'without the body signature',
      change: (it) => [sha, 'x-webhook-signature'].forEach((name) => delete it.headers[name]),
    },
    { why: 'with the body signature of another key', change: (it) => (it.headers[sha] = 'a'.repeat(64)) },
    { why: 'under another id', change: (it) => (it.headers['webhook-id'] = 'req_another') },
    { why: 'without octets', change: (it) => ((it as { raw: unknown }).raw = undefined) },
    {
      why: 'with its time moved to now',
      change: (it) => (it.headers['webhook-timestamp'] = String(Number(it.headers['webhook-timestamp']) + 1)),
    },
  ]
  test.for(forgeries)('$why is refused with 401 and starts nothing', async ({ change }) => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const { headers, raw } = await delivered(node)
    const incoming = { headers: { ...headers } as Record<string, unknown>, raw }
    change(incoming)
    const received = await node.receive(incoming as never)
    expect(received.status).toBe(401)
    expect(received.items).toBeUndefined()
    expect(node.warnings).toEqual([expect.stringContaining('refused a request')])
    // What was refused is not remembered: the true one still runs.
    expect((await node.receive({ headers, raw })).items).toHaveLength(1)
  })

  test('from before the replay window is refused, and a wider window takes it', async () => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const incoming = await delivered(node)
    const real = Date.now()
    const clock = vi.spyOn(Date, 'now').mockReturnValue(real + 301_000)
    try {
      expect(await node.receive(incoming)).toMatchObject({ status: 401, body: { refused: 'outside_window' } })
      node.parameters = { options: { replayWindow: 600 } }
      expect(await node.receive(incoming)).toMatchObject({ status: 200 })
    } finally {
      clock.mockRestore()
    }
  })

  test('to a trigger that keeps no secret is refused: nothing can be verified', async () => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const incoming = await delivered(node)
    delete node.staticData['secret']
    expect(await node.receive(incoming)).toMatchObject({ status: 401 })
  })

  const filters: { why: string; parameters: object; reason: string }[] = [
    { why: 'an event not chosen', parameters: { events: ['record.restored'] }, reason: 'event' },
    { why: 'a state not chosen', parameters: { filters: { states: ['TIMEOUT', 'NOT_FOUND'] } }, reason: 'state' },
    { why: 'a record type not chosen', parameters: { filters: { recordTypes: ['MX'] } }, reason: 'record_type' },
    { why: 'a name outside the pattern', parameters: { filters: { domain: '*.example.com' } }, reason: 'domain' },
    {
      why: 'a monitor not chosen',
      parameters: {
        scope: 'monitors',
        monitors: { values: [{ monitor: { __rl: true, mode: 'id', value: 'mon_other' } }] },
      },
      reason: 'monitor',
    },
  ]
  test.for(filters)(
    'of $why, queued before the choice changed, is answered and runs nothing',
    async ({ parameters, reason }) => {
      const node = trigger()
      await node.activate()
      await breakRecord()
      const incoming = await delivered(node)
      node.parameters = parameters as never
      const received = await node.receive(incoming)
      expect(received).toMatchObject({ status: 200, body: { reason } })
      expect(received.items).toBeUndefined()
    },
  )

  test('that the filters leave out is never sent at all', async () => {
    const node = trigger({ parameters: { events: ['record.restored'] } })
    await node.activate()
    const { name, monitor } = await breakRecord()
    bench.radar.dns.set(name, 'A', ['192.0.2.1'])
    await bench.radar.client.checkMonitor(monitor.uuid)
    const { items } = await node.receive(await delivered(node))
    expect(items?.[0]?.json).toMatchObject({ event: { new_state: 'VALID' } })
    expect(arrivedAt(node)).toHaveLength(1)
  })
})

describe('a test delivery', () => {
  const cases = [
    { testDeliveries: 'listening', listening: false, runs: false },
    { testDeliveries: 'listening', listening: true, runs: true },
    { testDeliveries: 'always', listening: false, runs: true },
    { testDeliveries: 'never', listening: true, runs: false },
  ]
  test.for(cases)('runs $runs when "$testDeliveries" is chosen and listening is $listening', async (row) => {
    const { testDeliveries, listening, runs } = row
    const node = trigger({ listening, parameters: { options: { testDeliveries, fetchSample: false } } })
    await node.activate()
    await bench.radar.client.testWebhook(kept(node).webhookId)
    const { status, items } = await node.receive(await delivered(node))
    expect(status).toBe(200)
    expect(items?.length ?? 0).toBe(runs ? 1 : 0)
    if (runs) expect(items?.[0]?.json['uuid']).toContain('_test_')
  })
})
