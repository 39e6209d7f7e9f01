/** Whoever watches hears of everything, over as many connections and processes as it takes. */
import type { Client, StreamMessage } from '@dnsradar/client'
import { describe, expect, test } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { flip } from '../harness/flip.ts'
import { spawnRadar, startRadar, surround } from '../harness/radar.ts'

/** Before everything, so that nothing depends on who is faster. */
const BEGINNING = `evt_${'0'.repeat(26)}`

/** Reads until it has heard of all of `wanted`, on a new connection after every `turn` messages; all that it heard. */
async function watch(client: Client, wanted: number, turn: number): Promise<StreamMessage[]> {
  const heard: StreamMessage[] = []
  let lastEventId = BEGINNING
  while (heard.length < wanted) {
    let read = 0
    for await (const message of client.stream({ types: 'event' }, { lastEventId })) {
      heard.push(message)
      lastEventId = message.id ?? lastEventId
      if (++read === turn || heard.length === wanted) break
    }
  }
  return heard
}

const ids = (messages: readonly StreamMessage[]): string[] => messages.map(({ data }) => data.uuid)

describe.for(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('events are heard once and in order, also by a reader that comes and goes while they happen', async () => {
    await using radar = await startRadar({ database: await newDatabase(), settings: { DNSRADAR_CONFIRM: '0' } })
    const watching = [watch(radar.client, 12, 1), watch(radar.client, 12, 5), watch(radar.client, 12, 100)]
    const events = await flip(radar, 12)
    for (const heard of await Promise.all(watching)) expect(ids(heard)).toEqual(events)
  })

  test('a delivery is told until it is delivered', async () => {
    await using radar = await startRadar({ database: await newDatabase(), settings: { DNSRADAR_CONFIRM: '0' } })
    const { uuid: webhook } = await radar.client.createWebhook({ url: radar.receiver.url })
    const messages = radar.client.stream({ types: 'request', webhook }, { lastEventId: BEGINNING })
    const first = messages.next()
    const [event] = await flip(radar, 1)
    let told = (await first).value
    while (told?.type === 'request' && told.data.status !== 'DELIVERED')
      told = (await messages.next()).value ?? undefined
    expect(told?.data).toMatchObject({ webhook_uuid: webhook, event_uuid: event, status_code: 200 })
    const { data } = await radar.client.listRequests(webhook)
    expect(told?.data).toEqual(data[0])
    await messages.return()
  })
})

describe.runIf(ENGINES.includes('postgres'))('on postgres', () => {
  const newDatabase = databasesOn('postgres')

  test('what one process finds is heard from another one', async () => {
    await using around = await surround({ database: await newDatabase(), settings: { DNSRADAR_CONFIRM: '0' } })
    await using first = await spawnRadar(around.settings)
    await using second = await spawnRadar(around.settings)
    const heard = watch(second.client, 6, 100)
    const events = await flip({ client: first.client, dns: around.dns }, 6)
    expect(ids(await heard)).toEqual(events)
  })
})
