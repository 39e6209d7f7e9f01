/** Readers of a stream, and records that change while they read: what the tests of streams share. */
import { createEventReader, type StreamMessage, type WireEvent } from '@dnsradar/client'
import { expect, vi } from 'vitest'
import { type Api, READER } from '../api.ts'
import type { Watching } from '../watching.ts'

/** As it is asked for. Nobody looks at it. */
export const A_RECORD = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1', is_active: false }
/** What looks for news of the organization, and what sends heartbeats. */
export const STREAMING_LOOPS = 2

export interface Listening extends AsyncDisposable {
  readonly heard: readonly StreamMessage[]
  /** Once so many were heard: all of them. */
  until(count: number): Promise<readonly StreamMessage[]>
  readonly headers: Headers
  /** Comments and fields beside messages, as they came. */
  readonly raw: () => string
  readonly ended: Promise<void>
}

interface ListenOptions {
  readonly key?: string
  readonly after?: string
}

/** Resolves when the server has answered: from then on nothing is missed. */
export async function listen(api: Api, query = '', { key = READER, after }: ListenOptions = {}): Promise<Listening> {
  const abort = new AbortController()
  const headers = { 'X-API-Key': key, ...(after === undefined ? {} : { 'Last-Event-ID': after }) }
  const response = await fetch(`${api.address}/stream${query}`, { headers, signal: abort.signal })
  expect(response.status).toBe(200)
  const heard: StreamMessage[] = []
  let raw = ''
  const read = async (): Promise<void> => {
    const reader = createEventReader()
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const text = decoder.decode(chunk, { stream: true })
      raw += text
      for (const { event, data, id } of reader.push(text)) {
        heard.push({ type: event, id, data: JSON.parse(data) } as StreamMessage)
      }
    }
  }
  const ended = read().catch(() => {})
  return {
    heard,
    headers: response.headers,
    raw: () => raw,
    ended,
    until: (count) =>
      vi.waitFor(() => {
        expect(heard.length).toBeGreaterThanOrEqual(count)
        return [...heard]
      }, 10_000),
    async [Symbol.asyncDispose]() {
      abort.abort()
      await ended
    },
  }
}

export const ids = (messages: readonly StreamMessage[]): string[] => messages.map(({ data }) => data.uuid)

/** A monitor of a name of its own, with its first look done. */
export async function watch(watching: Watching, name: string, json: object = {}): Promise<string> {
  watching.dns.set(name, 'A', ['192.0.2.1'])
  const { uuid } = await watching.create({ domain: name, record_type: 'A', expected_value: '192.0.2.1', ...json })
  await watching.check(uuid)
  return uuid
}

/** Breaks the record or mends it, and looks; the event. */
export async function change(watching: Watching, name: string, uuid: string): Promise<WireEvent> {
  const { state } = await watching.read(uuid)
  watching.dns.set(name, 'A', [state === 'VALID' ? '192.0.2.7' : '192.0.2.1'])
  await watching.check(uuid)
  return (await watching.api.call('GET', `/monitors/${uuid}/events`)).body.data[0]
}
