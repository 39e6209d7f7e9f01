/** How a webhook's requests are found again: by time, by what was answered, and by both. */
import type { WireRequest } from '@dnsradar/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { expectProblem } from '../api.ts'
import { type Delivering, startDelivering } from '../delivering.ts'
import { MINUTE, SECOND } from '../times.ts'

const seconds = (time: string | null | undefined) => Date.parse(time ?? '') / SECOND

describe('the requests of a webhook', () => {
  const ORDER = ['ok', '401', '404', '429', '500', 'retried', 'waiting', 'queued'] as const
  type Label = (typeof ORDER)[number]
  let watch: Delivering
  let webhook: string
  let rows: ReadonlyMap<Label, WireRequest>

  /** The labels of what the list shows, in its order. */
  async function list(query: string): Promise<(Label | undefined)[]> {
    const found = await watch.requests(webhook, query)
    return found.map(({ uuid }) => ORDER.find((label) => rows.get(label)?.uuid === uuid))
  }
  const at = (label: Label, time: 'created' | 'delivered' | 'last_attempt') => seconds(rows.get(label)?.[time])

  /** One accepted at once, four that failed for good, one accepted on retry, one that waits for it, one behind that. */
  beforeAll(async () => {
    watch = await startDelivering()
    const monitor = await watch.valid('www')
    webhook = (await watch.webhook()).uuid
    await watch.become(monitor, 'MISMATCH')
    await watch.delivered(webhook)
    for (const status of [401, 404, 429, 500]) {
      await watch.clock.advance(MINUTE)
      watch.receiver.answer(status, 1)
      await watch.api.call('POST', `/webhooks/${webhook}/test`)
      await vi.waitFor(async () =>
        expect((await watch.requests(webhook))[0]).toMatchObject({ status: 'FAILED', status_code: status }),
      )
    }
    await watch.clock.advance(MINUTE)
    watch.receiver.answer(500, 1)
    await watch.become(monitor, 'VALID')
    await watch.failing(webhook, 1)
    await watch.clock.advance(5 * MINUTE)
    await watch.delivered(webhook)
    await watch.clock.advance(MINUTE)
    watch.receiver.answer(503, 1)
    await watch.become(monitor, 'MISMATCH')
    await watch.failing(webhook, 1)
    await watch.clock.advance(MINUTE)
    await watch.become(monitor, 'VALID')
    const found = (await watch.requests(webhook)).toReversed()
    rows = new Map(ORDER.map((label, index) => [label, found[index] as WireRequest]))
    expect(found.map(({ status }) => status)).toEqual([
      'DELIVERED',
      'FAILED',
      'FAILED',
      'FAILED',
      'FAILED',
      'DELIVERED',
      'RETRYING',
      'PENDING',
    ])
  })

  afterAll(() => watch[Symbol.asyncDispose]())

  test('are found by the time of their delivery, and those that were not delivered are not', async () => {
    const [first, last] = [at('ok', 'delivered'), at('retried', 'delivered')]
    expect(last - at('retried', 'created')).toBe((5 * MINUTE) / SECOND)
    const cases: [query: string, found: Label[]][] = [
      [`delivered_after=${first}`, ['retried', 'ok']],
      [`delivered_after=${first + 1}`, ['retried']],
      [`delivered_after=${last}`, ['retried']],
      [`delivered_after=${last + 1}`, []],
      [`delivered_before=${first}`, []],
      [`delivered_before=${first + 1}`, ['ok']],
      [`delivered_before=${last}`, ['ok']],
      [`delivered_before=${last + 1}`, ['retried', 'ok']],
      [`delivered_after=${first}&delivered_before=${last}`, ['ok']],
      [`delivered_after=${first + 1}&delivered_before=${last + 1}`, ['retried']],
    ]
    for (const [query, found] of cases) expect([query, await list(query)]).toEqual([query, found])
  })

  test('are found by the time of their last attempt, and those that were never tried are not', async () => {
    const [failed, last] = [at('500', 'last_attempt'), at('waiting', 'last_attempt')]
    const cases: [query: string, found: Label[]][] = [
      ['last_attempt_after=0', ORDER.filter((label) => label !== 'queued').toReversed()],
      [`last_attempt_after=${last}`, ['waiting']],
      [`last_attempt_after=${last + 1}`, []],
      [`last_attempt_after=${at('retried', 'created') + 1}`, ['waiting', 'retried']],
      [`last_attempt_before=${at('401', 'last_attempt')}`, ['ok']],
      [`last_attempt_before=${at('401', 'last_attempt') + 1}`, ['401', 'ok']],
      [`last_attempt_after=${failed}&last_attempt_before=${failed + 1}`, ['500']],
    ]
    for (const [query, found] of cases) expect([query, await list(query)]).toEqual([query, found])
  })

  test.for([
    [200, ['retried', 'ok']],
    [401, ['401']],
    [404, ['404']],
    [429, ['429']],
    [500, ['500']],
    [503, ['waiting']],
    [201, []],
  ] as const)('are found by the status code %d of their last attempt', async ([status, found]) => {
    expect(await list(`status_code=${status}`)).toEqual(found)
  })

  const combinations: { why: string; query: string; found: readonly Label[] }[] = [
    {
      why: 'recent failures',
      query: 'status_code=500&created_after=CREATED_404&order_by=created&order_way=desc&limit=50',
      found: ['500'],
    },
    {
      why: 'successes of a span, oldest first',
      query: 'status_code=200&created_after=CREATED_ok&created_before=CREATED_waiting&order_by=created&order_way=asc',
      found: ['ok', 'retried'],
    },
    {
      why: 'the latest hundred',
      query: 'order_by=created&order_way=desc&limit=100',
      found: ORDER.toReversed(),
    },
    {
      why: 'recent failures of authorization',
      query: 'status_code=401&created_after=CREATED_401&limit=20',
      found: ['401'],
    },
    {
      why: 'successes delivered since a time, though made before it',
      query: 'status_code=200&delivered_after=DELIVERED_retried&order_by=created&order_way=desc',
      found: ['retried'],
    },
    {
      why: 'failures last tried in a span',
      query:
        'status_code=500&last_attempt_after=CREATED_429&last_attempt_before=CREATED_waiting&order_by=created&order_way=desc',
      found: ['500'],
    },
    {
      why: 'what was tried lately',
      query: 'last_attempt_after=DELIVERED_retried&order_by=created&order_way=desc&limit=50',
      found: ['waiting', 'retried'],
    },
    {
      why: 'what was made and is not delivered yet',
      query: 'created_after=CREATED_waiting&delivered_before=CREATED_waiting&order_by=created&order_way=desc',
      found: ['queued', 'waiting'],
    },
  ]
  test.for(combinations)('are found by several filters at once: $why', async ({ query, found }) => {
    const filled = query.replaceAll(/(CREATED|DELIVERED)_(\w+)/g, (_, time: string, label: Label) =>
      String(at(label, time === 'CREATED' ? 'created' : 'delivered')),
    )
    expect(await list(filled)).toEqual(found)
  })

  test('that were made since a time and not delivered before it are those that were not delivered at all', async () => {
    const since = at('ok', 'created')
    const undelivered = ORDER.filter((label) => !['ok', 'retried'].includes(label)).toReversed()
    expect(await list(`created_after=${since}&delivered_before=${since}`)).toEqual(undelivered)
    const waiting = at('waiting', 'created')
    expect(await list(`created_after=${waiting}&delivered_before=${since}`)).toEqual(['queued', 'waiting'])
    const delivered = at('ok', 'delivered') + 1
    expect(await list(`created_after=${since}&delivered_before=${delivered}`)).toEqual(['ok'])
  })

  test.for(['status_code=99', 'status_code=600', 'status_code=ok', 'delivered_after=now', 'last_attempt_before=-1'])(
    'are not filtered by ?%s',
    async (query) => {
      const reply = await watch.api.call('GET', `/webhooks/${webhook}/requests?${query}`)
      expectProblem(reply, 400, 'invalid_query', { [query.split('=')[0] ?? '']: /./ })
    },
  )
})
