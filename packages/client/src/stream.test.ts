import { expect, expectTypeOf, test } from 'vitest'
import { type ApiRequest, createClient } from './client.ts'
import type { StreamMessage } from './contract.ts'
import type { Open, Opened } from './stream.ts'

type Answer = Opened | Error

/** A client whose server opens these connections, one after the other, and that notes how long it waited between them. */
function scripted(answers: Answer[]) {
  const sent: ApiRequest[] = []
  const waited: number[] = []
  const open: Open = async (request) => {
    sent.push(request)
    const answer = answers[sent.length - 1]
    if (answer === undefined) throw new Error('one connection too many')
    if (answer instanceof Error) throw answer
    return answer
  }
  const send = async () => {
    throw new Error('a stream is no exchange')
  }
  const client = createClient(send, { open, wait: async (ms) => void waited.push(ms) })
  return { client, sent, waited }
}

function open(...texts: (string | Error)[]): Opened {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (const text of texts) {
      if (text instanceof Error) throw text
      yield new TextEncoder().encode(text)
    }
  }
  return { kind: 'open', chunks: chunks() }
}

function refused(status: number, headers: Record<string, string> = {}): Opened {
  return { kind: 'refused', response: { status, headers, body: null } }
}

const event = (id: string) => `id: ${id}\nevent: event\ndata: {"uuid":"${id}"}\n\n`
const heard = (id: string) => ({ type: 'event', id, data: { uuid: id } })

async function take(messages: AsyncIterable<StreamMessage>, count: number): Promise<StreamMessage[]> {
  const taken: StreamMessage[] = []
  for await (const message of messages) if (taken.push(message) === count) break
  return taken
}

test('messages come one by one, whatever pieces the connection makes of them', async () => {
  const text = event('evt_1') + event('evt_2')
  const { client, sent } = scripted([open(text.slice(0, 9), text.slice(9, 50), text.slice(50))])
  expect(await take(client.stream({ types: 'event' }), 2)).toEqual([heard('evt_1'), heard('evt_2')])
  expect(sent).toEqual([{ method: 'GET', path: '/stream', query: { types: 'event' }, body: undefined, headers: {} }])
  expectTypeOf(client.stream).returns.toEqualTypeOf<AsyncGenerator<StreamMessage, void, undefined>>()
})

test('a lost connection is opened again from the last message, after as long as the server asked for', async () => {
  const { client, sent, waited } = scripted([
    open(`retry: 70\n\n${event('evt_1')}`, new Error('lost')),
    new Error('refused'),
    refused(503, { 'retry-after': '2' }),
    open('event: monitor\ndata: {"uuid":"mon_1"}\n\n'),
    open(event('evt_2')),
  ])
  const messages = await take(client.stream({}, { lastEventId: 'evt_0' }), 3)
  expect(messages).toEqual([heard('evt_1'), { type: 'monitor', id: null, data: { uuid: 'mon_1' } }, heard('evt_2')])
  const places = sent.map(({ headers }) => headers['last-event-id'])
  expect(places).toEqual(['evt_0', 'evt_1', 'evt_1', 'evt_1', 'evt_1'])
  expect(waited).toEqual([70, 70, 2000, 70])
})

test('a half message is read again from its beginning', async () => {
  const { client } = scripted([open(event('evt_1'), 'id: evt_2\nevent: event\nda'), open(event('evt_2'))])
  expect(await take(client.stream(), 2)).toEqual([heard('evt_1'), heard('evt_2')])
})

test('what a later server tells beside is passed over', async () => {
  const { client } = scripted([open('event: node\ndata: 1\n\n', event('evt_1'))])
  expect(await take(client.stream(), 1)).toEqual([heard('evt_1')])
})

test.for([401, 404, 429, 503])('a refusal with %d of the first connection is the end', async (status) => {
  const { client } = scripted([refused(status)])
  await expect(take(client.stream(), 1)).rejects.toMatchObject({ name: 'ApiError', status })
})

test('so is a key that is no longer good when it comes back', async () => {
  const { client } = scripted([open(event('evt_1')), refused(401)])
  await expect(take(client.stream(), 2)).rejects.toMatchObject({ status: 401 })
})

test('an aborted stream opens nothing more', async () => {
  const abort = new AbortController()
  const { client, sent } = scripted([open(event('evt_1'))])
  const messages = client.stream({}, { signal: abort.signal })
  await messages.next()
  abort.abort(new Error('enough'))
  await expect(messages.next()).rejects.toThrow('enough')
  expect(sent).toHaveLength(1)
})

test('a transport that cannot stay open says so', () => {
  const client = createClient(async () => ({ status: 200, headers: {}, body: null }))
  expect(() => client.stream()).toThrow('opens no connections that go on')
})
