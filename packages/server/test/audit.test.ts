/** Who wrote what: one entry per write, in the transaction of the write. */
import { expect, test } from 'vitest'
import { createTestClock } from '../../../test/harness/clock.ts'
import { ROUTES } from '../src/index.ts'
import { A_MONITOR, ADMIN, type Api, expectProblem, startApi, WRITER } from './api.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- entries are looked into member by member
const audit = async (api: Api, query = ''): Promise<any[]> =>
  (await api.call('GET', `/audit?limit=100${query}`)).body.data

async function keyIdOf(api: Api, key: string): Promise<string> {
  return (await api.call('GET', '/me', { key })).body.key.uuid as string
}

test('every route that writes names what it does, and no other does', () => {
  for (const { method, path, auth, writes } of ROUTES) {
    const isWrite = method !== 'GET' && (auth === 'write' || auth === 'admin')
    expect([`${method} ${path}`, writes !== null]).toEqual([`${method} ${path}`, isWrite])
  }
  const actions = ROUTES.flatMap(({ writes }) => (writes === null ? [] : [writes]))
  for (const action of actions) expect(action).toMatch(/^[a-z_]+\.[a-z_]+$/)
})

test('a write is told with its key, its object and what was asked for', async () => {
  await using api = await startApi()
  const monitor = (await api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false }, key: WRITER })).body
  await api.call('PATCH', `/monitors/${monitor.uuid}`, { json: { frequency: 5 } })
  await api.call('POST', `/monitors/${monitor.uuid}/enable`)
  await api.call('POST', `/monitors/${monitor.uuid}/check`)
  await api.call('DELETE', `/monitors/${monitor.uuid}`)
  await api.call('PATCH', '/organization', { json: { name: 'Acme' } })
  const [writer, admin] = [await keyIdOf(api, WRITER), await keyIdOf(api, ADMIN)]
  const ofMonitor = { object: monitor.uuid, key_uuid: admin, changes: {} }
  expect(await audit(api)).toMatchObject([
    { action: 'organization.update', object: api.orgId, key_uuid: admin, changes: { name: 'Acme' } },
    { ...ofMonitor, action: 'monitor.delete' },
    { ...ofMonitor, action: 'monitor.check' },
    { ...ofMonitor, action: 'monitor.enable' },
    { ...ofMonitor, action: 'monitor.update', changes: { frequency: 5 } },
    { ...ofMonitor, action: 'monitor.create', key_uuid: writer, changes: { ...A_MONITOR, is_active: false } },
  ])
})

test('a read, a refusal and a replay are not writes', async () => {
  await using api = await startApi()
  await api.call('GET', '/monitors')
  await api.call('POST', '/match', { json: { record_type: 'A', expected_value: '192.0.2.1', observed: [] } })
  await api.call('POST', '/monitors', { json: { nonsense: true } })
  await api.call('DELETE', '/monitors/mon_01h455vb4pex5vsknk084sn02q')
  expect(await audit(api)).toEqual([])
  const once = { json: { ...A_MONITOR, is_active: false }, headers: { 'Idempotency-Key': 'once' } }
  for (let i = 0; i < 2; i++) await api.call('POST', '/monitors', once)
  expect(await audit(api)).toHaveLength(1)
})

test('secrets are never told, where they were given and where they were made', async () => {
  await using api = await startApi()
  const json = {
    url: 'https://hooks.example.com/x',
    secret: 'a-secret-of-the-caller',
    headers: { Authorization: 'Bearer a-token-of-the-receiver' },
  }
  const webhook = (await api.call('POST', '/webhooks', { json })).body
  const key = (await api.call('POST', '/keys', { json: { name: 'ci', scopes: ['read'] } })).body
  const entries = await audit(api)
  expect(entries).toMatchObject([
    { action: 'key.create', object: key.uuid, changes: { name: 'ci', scopes: ['read'] } },
    {
      action: 'webhook.create',
      object: webhook.uuid,
      changes: { ...json, secret: '***', headers: { Authorization: '***' } },
    },
  ])
  const text = JSON.stringify(entries)
  for (const secret of [json.secret, 'a-token-of-the-receiver', webhook.signing_secret, key.key]) {
    expect(text).not.toContain(secret)
  }
})

test('a list too long to be read is told by its length', async () => {
  await using api = await startApi()
  const { uuid } = (await api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })).body
  const monitors = Array.from({ length: 101 }, () => uuid)
  const made = await api.call('POST', '/webhooks', { json: { url: 'https://hooks.example.com/x', monitors } })
  expect(made.status).toBe(201)
  expect((await audit(api))[0].changes).toMatchObject({ monitors: { length: 101 } })
})

test('an object is named by its id in its usual form, however the caller wrote it', async () => {
  await using api = await startApi()
  const { uuid } = (await api.call('POST', '/webhooks', { json: { url: 'https://hooks.example.com/x' } })).body
  await api.call('POST', `/webhooks/${uuid.replace('wh_', 'whk_')}/disable`)
  await api.call('POST', `/webhooks/${uuid}/test`)
  const told = (await audit(api)).map(({ action, object }) => [action, object])
  expect(told.slice(0, 2)).toEqual([
    ['webhook.test', uuid],
    ['webhook.disable', uuid],
  ])
})

test('of many monitors made at once the first stands for all, with their number beside it', async () => {
  await using api = await startApi()
  const json = { group: 'shop', monitors: [A_MONITOR, { ...A_MONITOR, domain: 'example.net' }], is_active: false }
  const made = (await api.call('POST', '/monitors/bulk', { json })).body.data
  await api.call('POST', '/monitors/bulk?dry_run=true', { json })
  expect(await audit(api)).toMatchObject([
    { action: 'monitor.create', object: made[0].uuid, changes: { ...json, count: 2 } },
  ])
})

test('a group is named by its id, also by writes that answer nothing and name it by its slug', async () => {
  await using api = await startApi()
  const slug = 'mon_01h455vb4pex5vsknk084sn02q'
  const { uuid } = (await api.call('POST', '/groups', { json: { slug } })).body
  expect((await api.call('PATCH', `/groups/${slug}/monitors`, { json: { is_active: false } })).status).toBe(204)
  await api.call('PATCH', `/groups/${slug}`, { json: { name: 'Shop' } })
  expect((await api.call('DELETE', `/groups/${slug}`)).status).toBe(204)
  const told = (await audit(api)).map(({ action, object }) => [action, object])
  expect(told).toEqual([
    ['group.delete', uuid],
    ['group.update', uuid],
    ['group.update_monitors', uuid],
    ['group.create', uuid],
  ])
})

test('a monitor is named by its id when its key in another system is spelled like an id', async () => {
  await using api = await startApi()
  const path = '/monitors/by-key/wh_01h455vb4pex5vsknk084sn02q'
  const { uuid } = (await api.call('PUT', path, { json: { ...A_MONITOR, is_active: false } })).body
  await api.call('PUT', path, { json: { ...A_MONITOR, is_active: false, frequency: 5 } })
  const told = (await audit(api)).map(({ action, object }) => [action, object])
  expect(told).toEqual([
    ['monitor.update', uuid],
    ['monitor.create', uuid],
  ])
})

test('entries are read newest first, page by page and by time, by admins', async () => {
  const clock = createTestClock(Date.UTC(2030, 0, 1))
  await using api = await startApi({}, { clock })
  const names = ['a', 'b', 'c']
  for (const name of names) {
    await api.call('PATCH', '/organization', { json: { name } })
    await clock.advance(1000)
  }
  const told = async (query: string) => (await audit(api, query)).map(({ changes }) => changes.name)
  const second = Date.UTC(2030, 0, 1) / 1000 + 1
  expect(await told('')).toEqual(['c', 'b', 'a'])
  expect(await told(`&created_after=${second}`)).toEqual(['c', 'b'])
  expect(await told(`&created_before=${second}`)).toEqual(['a'])
  expect(await told('&order_way=asc')).toEqual(names)
  const first = (await api.call('GET', '/audit?limit=2')).body
  expect(first).toMatchObject({ has_more: true, before: null, data: [{ created: '2030-01-01T00:00:02Z' }, {}] })
  expect((await api.call('GET', `/audit?after=${first.after}`)).body.data).toMatchObject([{ changes: { name: 'a' } }])
  expectProblem(await api.call('GET', '/audit?created_after=yesterday'), 400, 'invalid_query')
  expectProblem(await api.call('GET', '/audit', { key: WRITER }), 403, 'missing_scope')
})
