import { EVENT_KINDS } from '@dnsradar/client'
import { expect, test } from 'vitest'
import { TRIGGER_PROPERTIES } from './properties.ts'
import { changesTo, subscriptionInput, type TriggerChoices, wantedFilters } from './subscription.ts'

const CHOICES: TriggerChoices = { events: [], groups: [], monitors: [], states: [], recordTypes: [], domain: '' }
const URL = 'https://n8n.example.com/webhook/1'

test('a trigger is a signed subscription of n8n to its own address', () => {
  expect(subscriptionInput(URL, 'whsec_c2VjcmV0', CHOICES)).toMatchObject({
    source: 'n8n',
    url: URL,
    method: 'POST',
    secret: 'whsec_c2VjcmV0',
  })
})

test('nothing chosen is every change of every record', () => {
  const filters = wantedFilters(CHOICES)
  expect(filters).toMatchObject({ events: ['record.*'], all_groups: true, monitors: [], states: [], record_types: [] })
  expect(filters).not.toHaveProperty('groups')
})

test('chosen groups are the only ones', () => {
  expect(wantedFilters({ ...CHOICES, groups: ['grp_1'] })).toMatchObject({ groups: ['grp_1'], all_groups: false })
})

test('a subscription that is as wanted needs no change, whatever the order of its lists', () => {
  const choices = { ...CHOICES, events: ['record.broken', 'record.restored'], groups: ['grp_1', 'grp_2'] }
  const webhook = { ...wantedFilters(choices), events: ['record.restored', 'record.broken'] } as never
  expect(changesTo(webhook, ['grp_2', 'grp_1'], choices)).toBeNull()
  expect(changesTo(webhook, ['grp_2'], choices)).toMatchObject({ groups: ['grp_1', 'grp_2'] })
  expect(changesTo(webhook, [], CHOICES)).toMatchObject({ all_groups: true, events: ['record.*'] })
})

test('what can be chosen are kinds of events that the API has', () => {
  const [events] = TRIGGER_PROPERTIES
  const values = events?.options?.map((option) => ('value' in option ? option.value : '')) ?? []
  for (const value of values) expect([...EVENT_KINDS, 'record.*']).toContain(value)
})
