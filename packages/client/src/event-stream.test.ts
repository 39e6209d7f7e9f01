import { expect, test } from 'vitest'
import { createEventReader } from './event-stream.ts'

const plain = { event: 'message', id: null }

const cases: { why: string; text: string; heard: object[] }[] = [
  { why: 'a message ends with an empty line', text: 'data: a\n', heard: [] },
  { why: 'lines of data are lines of the text', text: 'data: a\ndata: b\n\n', heard: [{ ...plain, data: 'a\nb' }] },
  {
    why: 'one space after the colon belongs to it',
    text: 'data:a\ndata:  b\n\n',
    heard: [{ ...plain, data: 'a\n b' }],
  },
  { why: 'a line may be a name alone', text: 'data\n\n', heard: [{ ...plain, data: '' }] },
  { why: 'a message without data is none', text: 'event: x\nid: 1\n\n', heard: [] },
  { why: 'comments say nothing', text: ': hello\n\n:\n\ndata: a\n\n', heard: [{ ...plain, data: 'a' }] },
  { why: 'unknown fields say nothing', text: 'color: red\ndata: a\n\n', heard: [{ ...plain, data: 'a' }] },
  { why: 'a carriage return ends a line', text: 'data: a\rdata: b\r\r\n', heard: [{ ...plain, data: 'a\nb' }] },
  { why: 'a carriage return and a line feed end one line', text: 'data: a\r\n\r\n', heard: [{ ...plain, data: 'a' }] },
  { why: 'an id with NUL is none', text: 'id: a\0\ndata: a\n\n', heard: [{ ...plain, data: 'a' }] },
  { why: 'a byte order mark begins no field', text: '\uFEFFdata: a\n\n', heard: [{ ...plain, data: 'a' }] },
  {
    why: 'a type holds for one message',
    text: 'event: x\ndata: a\n\ndata: b\n\n',
    heard: [
      { event: 'x', id: null, data: 'a' },
      { ...plain, data: 'b' },
    ],
  },
]
test.for(cases)('$why', ({ text, heard }) => {
  expect(createEventReader().push(text)).toEqual(heard)
  const reader = createEventReader()
  expect(text.split('').flatMap((character) => reader.push(character))).toEqual(heard)
})

test('the place is that of the last complete message that had one', () => {
  const reader = createEventReader()
  reader.push('id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n')
  expect(reader.lastId).toBe('1')
  reader.push('\n')
  expect(reader.lastId).toBe('2')
})

test('the wait is what the server said last, in whole milliseconds', () => {
  const reader = createEventReader()
  expect(reader.retryMs).toBeNull()
  reader.push('retry: 3000\nretry: soon\n')
  expect(reader.retryMs).toBe(3000)
})
