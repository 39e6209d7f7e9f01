/** Watching live: where a stream goes on for a reader that comes back, and the client that does so by itself. */
import { connect as connectClient, type StreamQuery } from '@dnsradar/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { READER, startApi } from '../api.ts'
import { startWatching, type Watching } from '../watching.ts'
import { A_RECORD, change, ids, listen, watch } from './listening.ts'

let watching: Watching
beforeAll(async () => {
  watching = await startWatching()
})
afterAll(() => watching[Symbol.asyncDispose]())

describe('going on', () => {
  test('after an event comes what is newer, oldest first, then what happens', async () => {
    const uuid = await watch(watching, 'resumed.example')
    const seen = await change(watching, 'resumed.example', uuid)
    const missed = [await change(watching, 'resumed.example', uuid), await change(watching, 'resumed.example', uuid)]
    await using stream = await listen(watching.api, '?types=event', { after: seen.uuid })
    const live = await change(watching, 'resumed.example', uuid)
    expect(ids(await stream.until(3))).toEqual([...missed, live].map((event) => event.uuid))
  })

  test('an id whose row is not there counts by its time', async () => {
    const uuid = await watch(watching, 'gone.example')
    const before = await change(watching, 'gone.example', uuid)
    const after = await change(watching, 'gone.example', uuid)
    for (const prefix of ['req', 'mon']) {
      const position = before.uuid.replace('evt_', `${prefix}_`)
      await using stream = await listen(watching.api, '?types=event', { after: position })
      expect(ids(await stream.until(1))[0]).toBe(after.uuid)
    }
  })

  test('a long history comes whole, page by page, in order', async () => {
    await using own = await startApi()
    const monitors = Array.from({ length: 230 }, (_, at) => ({ ...A_RECORD, subdomain: `n${at}` }))
    const { data } = (await own.call('POST', '/monitors/bulk', { json: { monitors } })).body
    await using stream = await listen(own, '?types=monitor', { after: `mon_${'0'.repeat(26)}` })
    await stream.until(230)
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    await stream.until(231)
    expect(ids(stream.heard)).toEqual([...data.map((monitor: { uuid: string }) => monitor.uuid), uuid])
  })

  test('a reader that comes back again and again misses nothing and hears nothing twice while monitors are made', async () => {
    await using own = await startApi()
    const made: string[] = []
    const make = async (): Promise<void> => {
      for (let at = 0; at < 60; at++) made.push((await own.call('POST', '/monitors', { json: A_RECORD })).body.uuid)
    }
    const heard: string[] = []
    let last = `mon_${'0'.repeat(26)}`
    const making = make()
    while (heard.length < 60) {
      await using stream = await listen(own, '?types=monitor', { after: last })
      const messages = await stream.until(1)
      heard.push(...ids(messages))
      last = heard.at(-1) ?? last
    }
    await making
    expect(heard).toEqual(made)
  })

  test('two readers of one stream of events hear the same, whoever came first', async () => {
    const uuid = await watch(watching, 'two.example')
    await using early = await listen(watching.api, '?types=event')
    const first = await change(watching, 'two.example', uuid)
    await early.until(1)
    await using late = await listen(watching.api, '?types=event')
    const second = await change(watching, 'two.example', uuid)
    expect(ids(await early.until(2))).toEqual([first.uuid, second.uuid])
    expect(ids(await late.until(1))).toEqual([second.uuid])
  })
})

describe('the client', () => {
  test('goes on where a server left off, on another connection', async () => {
    const uuid = await watch(watching, 'client.example')
    const client = connectClient({ url: watching.api.address, key: READER, wait: async () => {} })
    const abort = new AbortController()
    const first = await change(watching, 'client.example', uuid)
    const messages = client.stream({ types: 'event' } satisfies StreamQuery, {
      signal: abort.signal,
      lastEventId: first.uuid,
    })
    const next = messages.next()
    const second = await change(watching, 'client.example', uuid)
    expect((await next).value).toEqual({ type: 'event', id: second.uuid, data: second })
    abort.abort(new Error('enough'))
    await expect(messages.next()).rejects.toThrow('enough')
  })

  test('tells a refusal as it tells all others', async () => {
    const client = connectClient({ url: watching.api.address, key: 'sk_nobody' })
    await expect(client.stream().next()).rejects.toMatchObject({ status: 401, code: 'unknown_key' })
  })
})
