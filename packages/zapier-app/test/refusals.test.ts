/** What actions and searches refuse, and in which words. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { AT_FIRST_LOOK, type Fields, type Zapier, zapierOn } from './zapier.ts'

let radar: Radar
let zapier: Zapier
beforeAll(async () => {
  radar = await startRadar(AT_FIRST_LOOK)
  zapier = zapierOn(radar)
  await radar.client.createMonitor({ ...WWW, external_id: 'crm-1' })
})
afterAll(() => radar[Symbol.asyncDispose]())

const NO_MONITOR = 'mon_01h455vb4pex5vsknk084sn02q'
const WWW = { domain: 'example.com', subdomain: 'www', record_type: 'A', expected_value: ['192.0.2.1'] } as const

async function monitor(): Promise<string> {
  return (await radar.client.createMonitor(WWW)).uuid
}

interface Refused {
  readonly step: string
  readonly why: string
  readonly fields: Fields
  readonly says: RegExp
}

const REFUSED: readonly Refused[] = [
  { step: 'create_monitor', why: 'no domain', fields: { record_type: 'A' }, says: /Domain is empty/ },
  {
    step: 'create_monitor',
    why: 'no values',
    fields: { domain: 'example.com', record_type: 'A' },
    says: /expected_value/,
  },
  { step: 'create_monitor', why: 'another type', fields: { ...WWW, record_type: 'SRV' }, says: /record_type.*SRV/ },
  { step: 'create_monitor', why: 'no number', fields: { ...WWW, frequency: 'often' }, says: /Frequency must be/ },
  { step: 'create_monitor', why: 'another frequency', fields: { ...WWW, frequency: '7' }, says: /frequency/ },
  {
    step: 'create_monitor',
    why: 'a taken id',
    fields: { ...WWW, external_id: 'crm-1' },
    says: /external_id|external id/i,
  },
  { step: 'create_monitors', why: 'no line items', fields: { monitors: [] }, says: /Monitors is empty/ },
  {
    step: 'create_monitors',
    why: 'a line without a domain',
    fields: { monitors: [WWW, { record_type: 'A' }] },
    says: /monitors\[1\]: Domain is empty/,
  },
  {
    step: 'update_monitor',
    why: 'an address that is none',
    fields: { monitor: NO_MONITOR, expected_value: [' '] },
    says: /Nothing to update/,
  },
  { step: 'update_monitor', why: 'nothing filled in', fields: { monitor: NO_MONITOR }, says: /Nothing to update/ },
  { step: 'update_monitor', why: 'no such monitor', fields: { monitor: NO_MONITOR, frequency: 5 }, says: /no monitor/ },
  { step: 'check_monitor', why: 'no such monitor', fields: { monitor: NO_MONITOR }, says: /no monitor/ },
  { step: 'check_monitor', why: 'nothing mapped', fields: { monitor: '' }, says: /Monitor is empty/ },
  { step: 'check_monitor', why: 'dots', fields: { monitor: '..' }, says: /Monitor cannot consist of dots/ },
  { step: 'check_monitor', why: 'a path', fields: { monitor: '../keys' }, says: /no monitor/ },
  {
    step: 'set_monitor_active',
    why: 'neither',
    fields: { monitor: NO_MONITOR, active: 'maybe' },
    says: /Active must be/,
  },
  {
    step: 'set_monitor_active',
    why: 'no such monitor',
    fields: { monitor: NO_MONITOR, active: true },
    says: /no monitor/,
  },
  { step: 'set_monitor_active', why: 'nothing mapped', fields: { monitor: NO_MONITOR }, says: /Active must be/ },
  {
    step: 'create_monitors',
    why: 'more than a thousand',
    fields: { monitors: Array(1001).fill(WWW) },
    says: /1000/,
  },
  {
    step: 'update_group_monitors',
    why: 'another frequency',
    fields: { group: 'default', frequency: '7' },
    says: /frequency/,
  },
  { step: 'update_group_monitors', why: 'no group', fields: { group: '', active: true }, says: /Group is empty/ },
  { step: 'update_group_monitors', why: 'nothing filled in', fields: { group: 'default' }, says: /Nothing to update/ },
  { step: 'update_group_monitors', why: 'no such group', fields: { group: 'nowhere', active: true }, says: /no group/ },
  { step: 'accept_current_value', why: 'no such monitor', fields: { monitor: NO_MONITOR }, says: /no monitor/ },
]

test.for(REFUSED)('$step refuses in words: $why', async ({ step, fields, says }) => {
  const refused = { name: 'AppError', message: expect.stringMatching(says) }
  await expect(zapier.create(step, fields)).rejects.toMatchObject(refused)
})

interface RefusedSearch extends Refused {
  readonly paging_token?: string
}

const REFUSED_SEARCHES: readonly RefusedSearch[] = [
  { step: 'find_monitor', why: 'no domain', fields: { domain: ' ' }, says: /Domain is empty/ },
  { step: 'find_monitor', why: 'what can be no name', fields: { domain: 'exa mple..com' }, says: /full_domain/ },
  {
    step: 'find_monitor',
    why: 'another type',
    fields: { domain: 'example.com', record_type: 'SRV' },
    says: /record_type.*SRV/,
  },
  { step: 'find_group', why: 'no name', fields: { group: '' }, says: /Name or Slug is empty/ },
  { step: 'find_events', why: 'a time that is none', fields: { since: 'soon' }, says: /Since must be/ },
  { step: 'find_events', why: 'another state', fields: { state: 'BROKEN' }, says: /new_state/ },
  { step: 'find_events', why: 'a page that is none', fields: {}, paging_token: 'next', says: /after|cursor/ },
  { step: 'look_up_record', why: 'no name', fields: { host: '', type: 'A' }, says: /Hostname is empty/ },
  { step: 'look_up_record', why: 'what can be no name', fields: { host: '..', type: 'A' }, says: /name/ },
  { step: 'look_up_record', why: 'another type', fields: { host: 'example.com', type: 'SRV' }, says: /SRV/ },
]

test.for(REFUSED_SEARCHES)('$step refuses in words: $why', async ({ step, fields, paging_token, says }) => {
  const refused = { name: 'AppError', message: expect.stringMatching(says) }
  await expect(zapier.searchPage(step, fields, paging_token)).rejects.toMatchObject(refused)
})

test('what no name server answers for is an error, not a miss', async () => {
  radar.dns.behave('broken.example.com', { kind: 'rcode', rcode: 2 })
  const asked = zapier.search('look_up_record', { host: 'broken.example.com', type: 'A' })
  await expect(asked).rejects.toThrow(/No name server answered/)
})

test('a value that was never looked at is not accepted', async () => {
  const { uuid } = await radar.client.createMonitor({ ...WWW, is_active: false })
  await expect(zapier.create('accept_current_value', { monitor: uuid })).rejects.toMatchObject({ name: 'AppError' })
})

test('a disabled monitor is not checked', async () => {
  const id = await monitor()
  await radar.client.disableMonitor(id)
  await expect(zapier.create('check_monitor', { monitor: id })).rejects.toThrow(/disabled/)
})
