/** The contract of `PATCH /webhooks/{id}`. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { expectProblem, READER, startApi, WRITER } from './api.ts'
import { type Receiving, startReceiving } from './receiving.ts'

let world: Receiving
beforeAll(async () => {
  world = await startReceiving({ DNSRADAR_WEBHOOKS_PER_GROUP: '1000' })
})
afterAll(() => world[Symbol.asyncDispose]())

describe('editing a webhook', () => {
  const GIVEN = {
    method: 'PUT',
    headers: { Authorization: 'Bearer t', 'X-Team': 'dns' },
    groups: ['eu'],
    events: ['record.broken'],
    states: ['TIMEOUT'],
    record_types: ['MX'],
    timeout_seconds: 9,
  }
  const edits: { why: string; given: object; changes: object }[] = [
    { why: 'its method', given: { method: 'POST' }, changes: { method: 'POST' } },
    { why: 'its events', given: { events: ['*'] }, changes: { events: ['*'] } },
    { why: 'its states', given: { states: [] }, changes: { states: [] } },
    { why: 'its record types', given: { record_types: ['A', 'SPF'] }, changes: { record_types: ['A', 'SPF'] } },
    { why: 'its groups', given: { groups: ['us', 'eu', 'us'] }, changes: { groups: ['eu', 'us'] } },
    { why: 'that it covers all groups', given: { all_groups: true }, changes: { all_groups: true } },
    { why: 'groups for all', given: { groups: [], all_groups: true }, changes: { groups: [], all_groups: true } },
    { why: 'its timeout', given: { timeout_seconds: 30 }, changes: { timeout_seconds: 30 } },
    { why: 'its secret', given: { secret: 'mine' }, changes: { has_secret: true } },
    { why: 'its format to the same', given: { format: 'dnsradar' }, changes: {} },
    { why: 'all headers', given: { headers: { 'X-New': '1' } }, changes: { headers: { 'X-New': '1' } } },
    { why: 'no header', given: { headers: {} }, changes: { headers: {} } },
    {
      why: 'one header and keeps what it cannot see',
      given: { headers: { authorization: '***', 'X-Team': 'ops' } },
      changes: { headers: { authorization: 'Bearer t', 'X-Team': 'ops' } },
    },
  ]
  test.for(edits)('changes $why and nothing else', async ({ given, changes }) => {
    const { signing_secret: _, ...before } = (await world.createWebhook({ url: world.freshUrl(), ...GIVEN })).body
    const edited = await world.api.call('PATCH', `/webhooks/${before.uuid}`, { json: given, key: WRITER })
    expect(edited.status).toBe(200)
    expect(edited.body).toEqual({ ...before, ...changes })
    expect((await world.api.call('GET', `/webhooks/${before.uuid}`)).body).toEqual(edited.body)
  })

  test('moves it to another url, and a test goes there', async () => {
    const { uuid } = (await world.createWebhook({ url: world.freshUrl() })).body
    const url = world.freshUrl()
    expect((await world.api.call('PATCH', `/webhooks/${uuid}`, { json: { url } })).body.url).toBe(url)
    await world.api.call('POST', `/webhooks/${uuid}/test`)
    await vi.waitUntil(() => world.received(url).length === 1)
  })

  const refused: { why: string; given: object; code?: string; field: string; says: RegExp }[] = [
    { why: 'nothing', given: {}, code: 'invalid_body', field: '', says: /at least one field/ },
    { why: 'a private url', given: { url: 'http://10.0.0.1/' }, code: 'blocked_target', field: 'url', says: /private/ },
    {
      why: 'a header of ours',
      given: { headers: { 'webhook-id': '1' } },
      code: 'blocked_header',
      field: 'headers.webhook-id',
      says: /DNSRadar/,
    },
    { why: 'a value that is not there', given: { headers: { 'X-B': '***' } }, field: 'headers.X-B', says: /none/ },
    { why: 'an unknown kind', given: { events: ['x.*'] }, field: 'events[0]', says: /covers no event/ },
    { why: 'no group', given: { groups: [] }, field: 'groups', says: /all_groups/ },
    {
      why: 'a monitor that is not there',
      given: { monitors: ['mon_01h455vb4pex5vsknk084sn02q'] },
      field: 'monitors[0]',
      says: /no monitor/,
    },
    { why: 'a format without a writer', given: { format: 'entri' }, field: 'format', says: /not available/ },
    { why: 'no secret', given: { secret: null }, field: 'secret', says: /give a string/ },
    { why: 'its activity', given: { is_active: false }, code: 'unknown_field', field: 'is_active', says: /not known/ },
    { why: 'its source', given: { source: 'n8n' }, code: 'unknown_field', field: 'source', says: /not known/ },
  ]
  test.for(refused)('refused: $why', async ({ given, code = 'invalid_field', field, says }) => {
    const { signing_secret: _, ...before } = (await world.createWebhook({ url: world.freshUrl(), ...GIVEN })).body
    expectProblem(await world.api.call('PATCH', `/webhooks/${before.uuid}`, { json: given }), 400, code, {
      [field]: says,
    })
    expect((await world.api.call('GET', `/webhooks/${before.uuid}`)).body).toEqual(before)
  })

  test('that no longer covers all groups needs one by name', async () => {
    const { uuid } = (await world.createWebhook({ url: world.freshUrl(), all_groups: true })).body
    const patch = (json: object) => world.api.call('PATCH', `/webhooks/${uuid}`, { json })
    expectProblem(await patch({ all_groups: false }), 400, 'invalid_field', { all_groups: /no group is named/ })
    expect((await patch({ all_groups: false, groups: ['eu'] })).body).toMatchObject({
      all_groups: false,
      groups: ['eu'],
    })
  })

  test('cannot join a full group, and stays in one that is full with it', async () => {
    await using own = await startApi({ DNSRADAR_WEBHOOKS_PER_GROUP: '1' })
    const make = async (group: string): Promise<string> =>
      (await own.call('POST', '/webhooks', { json: { url: 'https://a.example.com/', groups: [group] } })).body.uuid
    const uuid = await make('eu')
    await make('us')
    const patch = (groups: string[]) => own.call('PATCH', `/webhooks/${uuid}`, { json: { groups } })
    expectProblem(await patch(['eu', 'us']), 409, 'group_webhook_limit')
    expect((await patch(['eu', 'new'])).status).toBe(200)
  })

  test('cannot take the url of another subscription', async () => {
    const [one, two] = [world.freshUrl(), world.freshUrl()]
    await world.createWebhook({ url: one, source: 'n8n' })
    const { uuid } = (await world.createWebhook({ url: two, source: 'n8n' })).body
    expectProblem(await world.api.call('PATCH', `/webhooks/${uuid}`, { json: { url: one } }), 409, 'conflict', {
      url: /another/,
    })
  })

  test('needs write scope and a webhook that is there', async () => {
    const { uuid } = (await world.createWebhook({ url: world.freshUrl() })).body
    const json = { timeout_seconds: 5 }
    expectProblem(await world.api.call('PATCH', `/webhooks/${uuid}`, { json, key: READER }), 403, 'missing_scope')
    expectProblem(await world.api.call('PATCH', '/webhooks/wh_01h455vb4pex5vsknk084sn02q', { json }), 404, 'not_found')
    expectProblem(await world.api.call('PATCH', '/webhooks/x', { json }), 404, 'not_found')
  })
})
