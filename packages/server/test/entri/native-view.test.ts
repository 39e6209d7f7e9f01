/** What a domain of the dialect is in the API of our own: a group and its monitors, which change through the dialect alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectProblem } from '../api.ts'
import { anA, type Dialect, RIGHT, startDialect } from './dialect.ts'

let entri: Dialect
beforeAll(async () => {
  entri = await startDialect()
})
afterAll(() => entri[Symbol.asyncDispose]())

describe('the native view', () => {
  test('shows a domain as a group, a record as a monitor', async () => {
    const domain = 'shown.example'
    const mx = { type: 'MX', host: 'mail', value: 'mx.example.net', ttl: 60, priority: '10' }
    await entri.ok('POST', '/monitor/domains', { domain, dnsRecords: [anA('@'), mx] })
    const [apex, mail] = await entri.monitors(domain)
    const group = (await entri.api.call('GET', `/groups/${apex?.group}`)).body
    expect(group).toMatchObject({ kind: 'entri', name: domain, monitors: 2, webhooks: 1, is_default: false })
    const common = {
      domain,
      match: 'includes',
      is_exact_match: false,
      frequency: 60,
      is_active: true,
      notify: 'immediately',
    }
    expect(apex).toMatchObject({ ...common, subdomain: null, record_type: 'A', expected_value: [RIGHT] })
    expect(mail).toMatchObject({
      ...common,
      subdomain: 'mail',
      record_type: 'MX',
      expected_value: ['10 mx.example.net'],
    })
    const hooks = (await entri.api.call('GET', '/webhooks?source=entri')).body.data
    expect(hooks).toMatchObject([{ url: entri.receiver.url, format: 'entri', source: 'entri', all_groups: false }])
    expect(hooks[0].groups).toContain(group.slug)
  })

  test('lets how often and whether be settled, and the dialect tells of that', async () => {
    await using own = await startDialect()
    await own.healthy('switched.example', ['@'])
    const [monitor] = await own.monitors('switched.example')
    const path = `/monitors/${monitor?.uuid}`
    expect((await own.api.call('POST', `${path}/check`)).status).toBe(200)
    expect((await own.api.call('PATCH', path, { json: { frequency: 5 } })).body).toMatchObject({ frequency: 5 })
    expect((await own.api.call('PATCH', path, { json: { is_active: false } })).body).toMatchObject({ is_active: false })
    expect(await own.ok('GET', '/monitor/domains/switched.example')).toMatchObject({ monitor_status: 'failed' })
    const json = { frequency: 30, is_active: true }
    expect((await own.api.call('PATCH', `/groups/${monitor?.group}/monitors`, { json })).status).toBe(204)
    expect(await own.ok('GET', '/monitor/domains/switched.example')).toMatchObject({ monitor_status: 'success' })
    expect((await own.monitors('switched.example'))[0]).toMatchObject({ frequency: 30, is_active: true })
  })

  test('refuses to change what the application says', async () => {
    const domain = 'kept.example'
    await entri.ok('POST', '/monitor/domains', { domain, dnsRecords: [anA('@')] })
    const [monitor] = await entri.monitors(domain)
    const [hook] = (await entri.api.call('GET', '/webhooks?source=entri')).body.data
    const group = monitor?.group
    const tries: [string, string, object?][] = [
      ['PATCH', `/monitors/${monitor?.uuid}`, { expected_value: '192.0.2.9' }],
      ['PATCH', `/monitors/${monitor?.uuid}`, { group: 'default' }],
      ['DELETE', `/monitors/${monitor?.uuid}`],
      ['POST', `/monitors/${monitor?.uuid}/accept`],
      ['POST', '/monitors', { domain, record_type: 'A', expected_value: RIGHT, group }],
      ['PATCH', `/groups/${group}`, { name: 'mine' }],
      ['DELETE', `/groups/${group}`],
      ['PATCH', `/webhooks/${hook.uuid}`, { url: 'https://elsewhere.example.com/' }],
      ['DELETE', `/webhooks/${hook.uuid}`],
      ['POST', `/webhooks/${hook.uuid}/rotate-secret`, {}],
    ]
    for (const [method, path, json] of tries)
      expectProblem(await entri.api.call(method, path, { json }), 409, 'conflict')
    const { dnsRecords } = await entri.ok('GET', `/monitor/domains/${domain}/records`)
    expect(dnsRecords).toEqual([anA('@')])
    expect((await entri.api.call('GET', `/webhooks/${hook.uuid}`)).body.url).toBe(entri.receiver.url)
  })
})
