/** The eight example Zaps of the documentation, written for a Catch Hook, print the same behind this app's trigger. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { flatKeys } from '../scripts/keys.ts'
import { aPath, BAD, GOOD, watched } from './watched.ts'
import { AT_FIRST_LOOK, type Item, nextFor, sampleOf, type Zap, type Zapier, zapierOn } from './zapier.ts'

const STATE_CHANGE = ['event__old_state', 'event__new_state', 'event__occurred']
const VALUES = ['event__expected_value', 'event__current_value']
const NAME = ['event__domain', 'event__subdomain', 'event__record_type']

const ZAPS = [
  { app: 'Slack', prints: [...NAME, ...VALUES, 'event__new_state', 'event__occurred', 'event__event_uuid', 'uuid'] },
  {
    app: 'Gmail',
    prints: [
      ...NAME,
      ...VALUES,
      ...STATE_CHANGE,
      'event__previous_value',
      'event__incidence_count',
      'event__event_uuid',
      'event__monitor_uuid',
      'uuid',
    ],
  },
  {
    app: 'Google Sheets',
    prints: [
      'uuid',
      'webhook_uuid',
      'created',
      'event__event_uuid',
      'event__monitor_uuid',
      ...NAME,
      ...VALUES,
      ...STATE_CHANGE,
      'event__incidence_count',
    ],
  },
  {
    app: 'Jira',
    prints: [
      ...NAME,
      ...STATE_CHANGE,
      'event__previous_value',
      'event__current_value',
      'event__event_uuid',
      'event__monitor_uuid',
      'uuid',
    ],
  },
  { app: 'PagerDuty', prints: [...NAME, ...VALUES, 'event__new_state', 'event__event_uuid', 'uuid'] },
  { app: 'Microsoft Teams', prints: [...NAME, ...STATE_CHANGE, ...VALUES, 'event__event_uuid', 'uuid'] },
  { app: 'Trello', prints: [...NAME, ...STATE_CHANGE, ...VALUES, 'event__event_uuid', 'uuid'] },
  { app: 'Discord', prints: [...NAME, 'event__new_state', ...VALUES, 'event__occurred', 'event__event_uuid'] },
]

let radar: Radar
let zap: Zap
let delivered: Item
let listed: Item
beforeAll(async () => {
  radar = await startRadar(AT_FIRST_LOOK)
  const zapier: Zapier = zapierOn(radar)
  zap = await zapier.switchOn('dns_change', {}, aPath())
  const { breaks } = await watched(radar)
  await breaks()
  const items = await zapier.receive(zap, await nextFor(radar, zap))
  delivered = items[0] as Item
  listed = (await zapier.listed('dns_change'))[0] as Item
})
afterAll(() => radar[Symbol.asyncDispose]())

test.for(ZAPS)(
  'what the Zap for $app prints is in the sample, in what is listed and in what is delivered',
  ({ prints }) => {
    for (const item of [sampleOf('triggers', 'dns_change'), listed, delivered]) {
      expect(flatKeys(item)).toEqual(expect.arrayContaining(prints))
    }
  },
)

describe('a delivered change', () => {
  test('has its ids and its time at the top, and nothing of it is lost', () => {
    expect(delivered).toMatchObject({
      uuid: expect.stringMatching(/^req_/),
      webhook_uuid: zap.subscribeData.id,
      created: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    expect(delivered['event']).toMatchObject({
      event_uuid: delivered['id'],
      record_type: 'A',
      old_state: 'VALID',
      new_state: 'MISMATCH',
      incidence_count: 1,
    })
  })

  test('has its values as lists, for line items, and as one line each, for messages', () => {
    const { event, expected_text, previous_text, current_text } = delivered
    expect(event).toMatchObject({ expected_value: GOOD, previous_value: GOOD, current_value: BAD })
    expect({ expected_text, previous_text, current_text }).toEqual({
      expected_text: '192.0.2.1',
      previous_text: '192.0.2.1',
      current_text: '192.0.2.66',
    })
  })
})
