/** What the action node says, and does, when it is refused or not answered. */
import { describe, expect, test } from 'vitest'
import { actionBench, byId } from './action-bench.ts'
import { runAction } from './contexts.ts'

const bench = actionBench()

describe('what fails', () => {
  const missing = { resource: 'monitor', operation: 'get', monitor: byId('mon_01jh3x5q9zfmq8b7n2w4c6k8ra') }

  test('names the item, the status, the code and a way out', async () => {
    await expect(runAction(bench.credential, missing)).rejects.toMatchObject({
      name: 'NodeApiError',
      httpCode: '404',
      message: expect.stringContaining('(not_found)'),
      description: expect.stringContaining('Check the ID'),
      context: { itemIndex: 0 },
    })
  })

  test('is an item of its own when the workflow goes on', async () => {
    const output = await runAction(bench.credential, missing, [{}, {}], { continueOnFail: true })
    expect(output).toMatchObject([
      {
        json: { error: expect.stringContaining('not_found'), httpCode: '404', code: 'not_found' },
        pairedItem: { item: 0 },
      },
      { json: { httpCode: '404' }, pairedItem: { item: 1 } },
    ])
  })

  test('names the fields that were refused', async () => {
    const parameters = { resource: 'monitor', operation: 'create', domain: 'x.example', expectedValues: 'nonsense' }
    await expect(runAction(bench.credential, parameters)).rejects.toMatchObject({
      httpCode: '400',
      description: expect.stringContaining('expected_value'),
    })
  })

  test.for([
    { why: 'a wrong key', change: { apiKey: 'sk_wrong_wrong_wrong_wrong' }, shown: { httpCode: '401' } },
    {
      why: 'a server that is down',
      change: { baseUrl: 'http://127.0.0.1:1' },
      shown: { message: expect.stringContaining('could not be reached') },
    },
    { why: 'no locator at all', change: null, shown: { message: expect.stringContaining('No monitor is chosen') } },
  ])('with $why says so', async ({ change, shown }) => {
    const parameters = change !== null ? missing : { resource: 'monitor', operation: 'get' }
    await expect(runAction({ ...bench.credential, ...change }, parameters)).rejects.toMatchObject(shown)
  })

  const problem = { type: 'about:blank', title: '', detail: 'wait', instance: '/', request_id: 'r' }
  const busy = (status: 429 | 503) => ({
    status,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '0' },
    body: JSON.stringify({ ...problem, status, code: status === 429 ? 'rate_limited' : 'not_ready' }),
  })
  const fine = { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ uuid: 'mon_1' }) }
  /** The receiver stands in for a server that has to be asked again. */
  const patientServer = () => {
    const { receiver } = bench.radar
    const before = receiver.requests.length
    const reached = { ...bench.credential, baseUrl: receiver.origin }
    return { receiver, reached, asked: () => receiver.requests.slice(before) }
  }

  test.for(['get', 'check'])('for now (%s) is tried again when the server says when', async (operation) => {
    const { receiver, reached, asked } = patientServer()
    for (const answer of [busy(429), busy(503), fine]) receiver.answer(answer, 1)
    const output = await runAction(reached, { ...missing, operation, simplify: false })
    expect(output).toMatchObject([{ json: { uuid: 'mon_1' } }])
    expect(asked()).toHaveLength(3)
    // What writes is repeated under one key, so that it is done once.
    expect(new Set(asked().map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  })

  test('three times is not tried a fourth time', async () => {
    const { receiver, reached, asked } = patientServer()
    receiver.answer(busy(429), 3)
    await expect(runAction(reached, missing)).rejects.toMatchObject({
      httpCode: '429',
      description: expect.stringContaining('Wait node'),
    })
    expect(asked()).toHaveLength(3)
  })

  test('inside the server names the request, for its log', async () => {
    const { receiver, reached } = patientServer()
    receiver.answer(
      { ...busy(503), status: 500, body: JSON.stringify({ ...problem, status: 500, code: 'internal' }) },
      1,
    )
    await expect(runAction(reached, missing)).rejects.toMatchObject({
      description: expect.stringContaining('Request ID: r'),
    })
  })

  test('is not a key that was pasted with a line break', async () => {
    const pasted = { ...bench.credential, apiKey: `${bench.credential.apiKey}\n` }
    await expect(runAction(pasted, missing)).rejects.toMatchObject({ httpCode: '404' })
  })

  test('by a redirect does not take the key elsewhere', async () => {
    const { receiver, reached, asked } = patientServer()
    receiver.answer({ status: 302, headers: { location: `${receiver.origin}/elsewhere` } }, 1)
    await expect(runAction(reached, missing)).rejects.toMatchObject({ httpCode: '302' })
    expect(asked()).toHaveLength(1)
  })
})
