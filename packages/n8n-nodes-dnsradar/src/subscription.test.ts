import { EVENT_KINDS } from '@dnsradar/client'
import { expect, test } from 'vitest'
import { type Changes, CHANGES, subscriptionInput } from './subscription.ts'

const CHOICES = {
  callbackUrl: 'https://n8n.example.com/webhook/1',
  secret: 'whsec_c2VjcmV0',
  on: ['any'],
  groups: [],
  monitors: [],
  recordTypes: [],
} as const

test('a trigger is a signed subscription of n8n to its own address', () => {
  expect(subscriptionInput(CHOICES)).toMatchObject({
    source: 'n8n',
    url: CHOICES.callbackUrl,
    method: 'POST',
    secret: CHOICES.secret,
  })
})

test('no group chosen means all groups, said in so many words', () => {
  const input = subscriptionInput(CHOICES)
  expect(input.all_groups).toBe(true)
  expect(input).not.toHaveProperty('groups')
})

test('chosen groups are the only ones', () => {
  expect(subscriptionInput({ ...CHOICES, groups: ['mail'] })).toMatchObject({ groups: ['mail'], all_groups: false })
})

test('monitors and record types are filters of the server', () => {
  expect(subscriptionInput({ ...CHOICES, monitors: ['mon_1'], recordTypes: ['MX'] })).toMatchObject({
    monitors: ['mon_1'],
    record_types: ['MX'],
  })
})

const cases: { why: string; on: readonly Changes[]; events: readonly string[] }[] = [
  { why: 'one change', on: ['broken'], events: ['record.broken'] },
  { why: 'two changes', on: ['broken', 'restored'], events: ['record.broken', 'record.restored'] },
  { why: 'the same twice is once', on: ['changed', 'changed'], events: ['record.changed'] },
  { why: 'any covers the others', on: ['broken', 'any'], events: ['record.*'] },
  { why: 'nothing chosen is any', on: [], events: ['record.*'] },
]

test.for(cases)('the changes chosen become event kinds: $why', ({ on, events }) => {
  expect(subscriptionInput({ ...CHOICES, on }).events).toEqual(events)
})

test('the single changes together are what any stands for', () => {
  const { any: _any, ...single } = CHANGES
  expect(Object.values(single).flat()).toEqual(EVENT_KINDS.filter((kind) => kind.startsWith('record.')))
})
