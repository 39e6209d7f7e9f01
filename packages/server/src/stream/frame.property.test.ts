import { createEventReader, type ServerSentEvent } from '@dnsradar/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameOf, HEARTBEAT, type Message, retryFrame } from './frame.ts'

const id = fc.option(fc.stringMatching(/^(evt|req|mon)_[0-9a-z]{26}$/), { nil: null })
const data = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\n', '\r', '\r\n', ' leads', '\uFEFF', 'id: 7', ': x', '\u2028', '💩'),
  fc.jsonValue().map((value) => JSON.stringify(value)),
)
const message: fc.Arbitrary<Message> = fc.record({ event: fc.constantFrom('event', 'request', 'monitor'), id, data })

/** What comes out when the text arrives in pieces of these sizes. */
function read(text: string, sizes: readonly number[]): ServerSentEvent[] {
  const reader = createEventReader()
  const heard: ServerSentEvent[] = []
  for (let at = 0, piece = 0; at < text.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1
    heard.push(...reader.push(text.slice(at, at + size)))
    at += size
  }
  return heard
}

const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 })

test('what is written is read, whatever the data is and however it is cut', () => {
  fc.assert(
    fc.property(fc.array(message), sizes, (messages, cuts) => {
      const text = messages.map((one) => HEARTBEAT + frameOf(one) + retryFrame(7)).join('')
      // Only line feeds survive as ends of lines.
      const expected = messages.map((one) => ({ ...one, data: one.data.replaceAll(/\r\n?/g, '\n') }))
      expect(read(text, cuts)).toEqual(expected)
    }),
  )
})

test('JSON comes out as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue(), sizes, (value, cuts) => {
      const text = frameOf({ event: 'event', id: null, data: JSON.stringify(value) })
      expect(read(text, cuts).map((one) => one.data)).toEqual([JSON.stringify(value)])
    }),
  )
})
