import { expect, test } from 'vitest'
import { startReceiver } from './webhook-receiver.ts'

const post = (url: string, body: string) => fetch(url, { method: 'POST', body, headers: { connection: 'close' } })

test('records method, path, headers and the raw bytes of each request', async () => {
  await using receiver = await startReceiver()
  await fetch(`${receiver.url}?a=1`, { method: 'PUT', body: '{"ü":1}', headers: { 'X-Custom': 'v' } })
  const request = await receiver.next()
  expect(request).toMatchObject({ method: 'PUT', path: '/hook?a=1', body: '{"ü":1}' })
  expect(request.raw).toEqual(Buffer.from('{"ü":1}'))
  expect(request.headers['x-custom']).toBe('v')
})

test('queued answers come first, then the standing one', async () => {
  await using receiver = await startReceiver()
  receiver.answer({ status: 418, body: 'teapot', headers: { 'retry-after': '7' } })
  receiver.answer(500, 1)
  receiver.answer('slow:1', 1)
  const statuses = []
  for (const body of ['1', '2', '3']) statuses.push((await post(receiver.url, body)).status)
  expect(statuses).toEqual([500, 200, 418])
})

test('close ends the connection without an answer', async () => {
  await using receiver = await startReceiver()
  receiver.answer('close')
  await expect(post(receiver.url, '')).rejects.toThrow('fetch failed')
})

test('next hands out each request once, waitFor shows them all', async () => {
  await using receiver = await startReceiver()
  const first = receiver.next()
  await post(receiver.url, 'one')
  await post(receiver.url, 'two')
  expect((await first).body).toBe('one')
  expect((await receiver.next()).body).toBe('two')
  expect(await receiver.waitFor(2)).toHaveLength(2)
  await expect(receiver.next(1)).rejects.toThrow('no request number 3')
})
