/** Who may speak the Entri dialect, and how applications are kept natively. */
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { surround } from '../../../../test/harness/radar.ts'
import { ENTRI_ROUTES } from '../../src/entri/routes.ts'
import { readConfig, startServer } from '../../src/index.ts'
import { expectProblem, READER, startApi, WRITER } from '../api.ts'
import { anA, type Dialect, HOUR, MINUTE, send, SECOND, START, startDialect } from './dialect.ts'

let entri: Dialect
beforeAll(async () => {
  entri = await startDialect()
})
afterAll(() => entri[Symbol.asyncDispose]())

const post = (path: string, json: unknown) => send('POST', entri.api.address + path, { json })

describe('a token', () => {
  test('is a JWT of an hour for whoever shows the application and its secret', async () => {
    const token = await entri.token()
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'HS256', typ: 'JWT' })
    const { iat, exp, sub } = decodeJwt(token)
    expect({ iat, exp, sub }).toEqual({ iat: START / SECOND, exp: START / SECOND + 3600, sub: entri.application.uuid })
    expect(JSON.stringify(decodeJwt(token))).not.toContain(entri.application.secret)
  })

  const refused: { why: string; json: unknown; status: number }[] = [
    { why: 'a wrong secret', json: { applicationId: 'ID', secret: 'wrong' }, status: 401 },
    { why: 'an empty secret', json: { applicationId: 'ID', secret: '' }, status: 401 },
    { why: 'an unknown application', json: { applicationId: 'nobody', secret: 'wrong' }, status: 401 },
    { why: 'no secret', json: { applicationId: 'ID' }, status: 400 },
    { why: 'no application', json: { secret: 'x' }, status: 400 },
    { why: 'a secret that is no text', json: { applicationId: 'ID', secret: ['a'] }, status: 400 },
    { why: 'a body that is no object', json: 'token please', status: 400 },
    { why: 'no body', json: undefined, status: 400 },
  ]
  test.for(refused)('is refused to $why', async ({ json, status }) => {
    const filled = JSON.parse((JSON.stringify(json) ?? 'null').replace('ID', entri.application.application_id))
    const reply = await post('/token', filled ?? undefined)
    expect(reply.status).toBe(status)
    expect(reply.body).toEqual({
      message: expect.any(String),
      ...(status === 400 && json ? { errors: expect.any(Object) } : {}),
    })
    expect(reply.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="entri"' : null)
  })

  test('is over after sixty minutes, and not before', async () => {
    await using own = await startDialect()
    const token = await own.token()
    await own.clock.advance(HOUR - SECOND)
    expect((await own.call('GET', '/monitor/health', { token })).status).toBe(200)
    await own.clock.advance(SECOND)
    const late = await own.call('GET', '/monitor/health', { token })
    expect(late).toMatchObject({ status: 401, body: { message: expect.stringMatching(/expired.*POST \/token/) } })
  })

  test('ends with another secret, and a new one comes with that', async () => {
    const application = await entri.newApplication({})
    const asked = { token: await entri.token(application), applicationId: application.application_id }
    expect((await entri.call('GET', '/monitor/health', asked)).status).toBe(200)
    const path = `/entri/applications/${application.uuid}`
    const rotated = (await entri.api.call('PATCH', path, { json: { secret: null } })).body
    expect(rotated.secret).toMatch(/^whsec_/)
    expect((await entri.call('GET', '/monitor/health', asked)).status).toBe(401)
    const token = await entri.token(rotated)
    expect((await entri.call('GET', '/monitor/health', { ...asked, token })).status).toBe(200)
  })

  test('ends with its application, also when another one takes its name', async () => {
    const json = { application_id: 'reborn', secret: 'the same' }
    const application = await entri.newApplication(json)
    const asked = { token: await entri.token(application), applicationId: 'reborn' }
    expect((await entri.api.call('DELETE', `/entri/applications/${application.uuid}`)).status).toBe(204)
    expect((await entri.call('GET', '/monitor/health', asked)).status).toBe(401)
    await entri.newApplication(json)
    expect((await entri.call('GET', '/monitor/health', asked)).status).toBe(401)
  })

  test('outlives a restart', async () => {
    await using surroundings = await surround()
    const { config } = readConfig({
      ...surroundings.settings,
      DNSRADAR_ENTRI_APPLICATION_ID: 'ours',
      DNSRADAR_ENTRI_SECRET: 'a secret',
    })
    const start = () => startServer(config)
    const first = await start()
    const json = { applicationId: 'ours', secret: 'a secret' }
    const { auth_token } = (await send('POST', `${first.address}/token`, { json })).body
    await first.close()
    await using second = await start()
    const headers = { applicationId: 'ours', Authorization: `Bearer ${auth_token}` }
    expect((await send('GET', `${second.address}/monitor/health`, { headers })).body).toEqual({ status: 'ok' })
  })
})

describe('every request', () => {
  const asked: { why: string; given: (token: string, id: string) => object }[] = [
    { why: 'no applicationId', given: (token) => ({ token, applicationId: null }) },
    { why: 'no token', given: (_, applicationId) => ({ token: null, applicationId }) },
    { why: 'neither', given: () => ({ token: null, applicationId: null }) },
    { why: 'another applicationId', given: (token) => ({ token, applicationId: 'nobody' }) },
    { why: 'a token that is none', given: () => ({ token: 'a.b.c' }) },
    { why: 'a token that was changed', given: (token) => ({ token: `${token.slice(0, -6)}AAAAAA` }) },
  ]
  test.for(asked)('is 401 with $why', async ({ given }) => {
    const token = await entri.token()
    for (const [method, path] of [
      ['GET', '/monitor/domains'],
      ['POST', '/monitor/domains'],
      ['GET', '/monitor/health'],
      ['GET', '/monitor/status'],
    ] as const) {
      const reply = await entri.call(method, path, given(token, entri.application.application_id))
      expect({ path, status: reply.status, body: reply.body }).toEqual({
        path,
        status: 401,
        body: { message: expect.any(String) },
      })
    }
  })

  test('is 401 with the token of another application, and with our own API key', async () => {
    const other = await entri.newApplication({})
    const foreign = await entri.call('GET', '/monitor/health', { token: await entri.token(other) })
    expect(foreign.status).toBe(401)
    expect((await entri.call('GET', '/monitor/health', { token: WRITER })).status).toBe(401)
  })

  test('is 401 with a token that somebody else signed, or that is signed with nothing', async () => {
    const { iat, exp, sub, ...claims } = decodeJwt(await entri.token())
    const { kid } = decodeProtectedHeader(await entri.token())
    const forged = await new SignJWT({ ...claims, iat: iat ?? 0, exp: exp ?? 0, sub: sub ?? '' })
      .setProtectedHeader({ alg: 'HS256', kid: kid ?? '' })
      .sign(Buffer.alloc(32, 1))
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = `${part({ alg: 'none', kid })}.${part({ ...claims, iat, exp, sub })}.`
    for (const token of [forged, unsigned]) {
      expect((await entri.call('GET', '/monitor/health', { token })).status).toBe(401)
    }
  })

  test('sees its own application only', async () => {
    const other = await entri.newApplication({})
    const asked = { token: await entri.token(other), applicationId: other.application_id }
    await entri.ok('POST', '/monitor/domains', { domain: 'mine.example', dnsRecords: [anA('@')] })
    const batch = await entri.ok('POST', '/monitor/domains/batch', { domains: [{}] })
    expect((await entri.call('GET', '/monitor/domains/mine.example', asked)).status).toBe(404)
    expect((await entri.call('GET', '/monitor/domains', asked)).body).toMatchObject({ domains: [], total: 0 })
    expect((await entri.call('GET', `/monitor/domains/batch/status/${batch.request_id}`, asked)).status).toBe(404)
    expect(
      (await entri.call('DELETE', '/monitor/domains', { ...asked, json: { domain: 'mine.example' } })).status,
    ).toBe(404)
    // The same domain is another application's own matter.
    const json = { domain: 'mine.example', dnsRecords: [anA('www')] }
    expect((await entri.call('POST', '/monitor/domains', { ...asked, json })).status).toBe(200)
  })
})

describe('an application beside another', () => {
  const DOMAIN = 'neighbours.example'
  const records = [anA('@')]
  /** By the id of the row; what needs none is left out. */
  const bodies: Readonly<Record<string, unknown>> = {
    addDomain: { domain: 'own.example', dnsRecords: records },
    addDomains: { domains: [{ domain: 'own-too.example', dnsRecords: records }] },
    importConfiguration: { prefilledDomain: 'imported.example', monitor: true, dnsRecords: records },
    updateDomain: { domain: DOMAIN, dnsRecords: [anA('www')], user_id: 'taken' },
    deleteDomain: { domain: DOMAIN },
    addRecords: { dnsRecords: [anA('www')] },
    replaceRecords: { dnsRecords: [anA('www')] },
    removeRecords: { dnsRecords: [{ type: 'A', host: '@' }] },
  }
  /** Is about one domain or batch, which the path names or the body. */
  const isOfOne = (id: string, path: string): boolean =>
    path.includes(':') || ['updateDomain', 'deleteDomain'].includes(id)

  let requestId: string
  let theirs: { readonly applicationId: string; readonly token: string }
  beforeAll(async () => {
    await entri.healthy(DOMAIN, ['@'])
    requestId = (await entri.ok('POST', '/monitor/domains/batch', { domains: [{}] })).request_id
    const other = await entri.newApplication({})
    theirs = { applicationId: other.application_id, token: await entri.token(other) }
  })

  test.for(ENTRI_ROUTES.map(({ id, method, path }) => ({ id, method, path })))(
    '$method $path shows and changes nothing that is not its own',
    async ({ id, method, path }) => {
      const before = await entri.ok('GET', `/monitor/domains/${DOMAIN}`)
      const at = path.replace(':domain_name', DOMAIN).replace(':request_id', requestId)
      const reply = await entri.call(method, at, { ...theirs, json: bodies[id] })
      expect(reply.status).toBe(isOfOne(id, path) ? 404 : 200)
      if (reply.status === 200) expect(JSON.stringify(reply.body)).not.toContain(DOMAIN)
      expect(await entri.ok('GET', `/monitor/domains/${DOMAIN}`)).toEqual(before)
    },
  )
})

describe('limits', () => {
  const guess = (own: Dialect, applicationId: string, secret = 'wrong') =>
    send('POST', `${own.api.address}/token`, { json: { applicationId, secret } })

  test('guessing a secret is over after so many tries in a minute, but not for who had it right', async () => {
    await using own = await startDialect({ DNSRADAR_RATE_LIMIT: '5' })
    const { application_id, secret } = own.application
    const stranger = await own.newApplication({})
    await own.token()
    for (let i = 0; i < 5; i++) expect((await guess(own, application_id)).status).toBe(401)
    const refused = await guess(own, stranger.application_id, stranger.secret)
    expect(refused).toMatchObject({ status: 429, body: { message: expect.stringMatching(/try again in \d+ s/) } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await guess(own, application_id, secret)).status).toBe(200)
    await own.clock.advance(MINUTE)
    expect((await guess(own, stranger.application_id, stranger.secret)).status).toBe(200)
  })

  test('reads and writes of one application are counted apart', async () => {
    await using own = await startDialect({ DNSRADAR_RATE_LIMIT: '3' })
    const token = await own.token()
    const read = () => own.call('GET', '/monitor/health', { token })
    const first = await read()
    expect(first.headers.get('ratelimit-policy')).toBe('"read";q=3;w=60')
    expect(first.headers.get('x-ratelimit-remaining')).toBe('2')
    await read()
    await read()
    expect(await read()).toMatchObject({
      status: 429,
      body: { message: expect.stringMatching(/3 read requests of one application/) },
    })
    const json = { domain: 'limited.example', dnsRecords: [anA('@')] }
    expect((await own.call('POST', '/monitor/domains', { token, json })).status).toBe(200)
    const other = await own.newApplication({})
    const asked = { token: await own.token(other), applicationId: other.application_id }
    expect((await own.call('GET', '/monitor/health', asked)).status).toBe(200)
  })
})

describe('applications, natively', () => {
  const create = (json: object, key?: string) =>
    entri.api.call('POST', '/entri/applications', { json, ...(key && { key }) })

  test('show their secret when they are made, and never again', async () => {
    const made = await create({ application_id: 'shown-once', secret: 'my own secret', user_id: 'customer-7' })
    expect(made).toMatchObject({
      status: 201,
      body: {
        application_id: 'shown-once',
        secret: 'my own secret',
        user_id: 'customer-7',
        webhook_url: null,
        created: '2030-01-01T00:00:00Z',
        uuid: expect.stringMatching(/^app_/),
      },
    })
    const { secret: _, ...rest } = made.body
    expect((await entri.api.call('GET', `/entri/applications/${made.body.uuid}`)).body).toEqual(rest)
    const { data } = (await entri.api.call('GET', '/entri/applications?limit=100')).body
    expect(data).toContainEqual(rest)
    const audit = JSON.stringify((await entri.api.call('GET', '/audit?limit=100')).body)
    expect(audit).toContain('entri_application.create')
    expect(audit).not.toContain('my own secret')
  })

  test('are given an id and a secret when they bring none', async () => {
    const [one, two] = [(await create({})).body, (await create({})).body]
    expect(one.application_id).toMatch(/^[!-~]{1,128}$/)
    expect(one.secret).toMatch(/^whsec_/)
    expect(two.application_id).not.toBe(one.application_id)
    expect(two.secret).not.toBe(one.secret)
  })

  test('are for admins', async () => {
    for (const key of [READER, WRITER]) {
      expectProblem(await create({}, key), 403, 'missing_scope')
      expectProblem(await entri.api.call('GET', '/entri/applications', { key }), 403, 'missing_scope')
    }
  })

  const refused: { why: string; json: object; status: number; code: string; field: string }[] = [
    {
      why: 'a name that is taken',
      json: { application_id: 'taken' },
      status: 409,
      code: 'conflict',
      field: 'application_id',
    },
    {
      why: 'a name with a space',
      json: { application_id: 'a b' },
      status: 400,
      code: 'invalid_field',
      field: 'application_id',
    },
    { why: 'an empty name', json: { application_id: '' }, status: 400, code: 'invalid_field', field: 'application_id' },
    {
      why: 'a long name',
      json: { application_id: 'a'.repeat(129) },
      status: 400,
      code: 'invalid_field',
      field: 'application_id',
    },
    { why: 'an empty secret', json: { secret: '' }, status: 400, code: 'invalid_field', field: 'secret' },
    {
      why: 'a private target',
      json: { webhook_url: 'http://10.0.0.1/' },
      status: 400,
      code: 'blocked_target',
      field: 'webhook_url',
    },
    { why: 'no url', json: { webhook_url: 'nowhere' }, status: 400, code: 'blocked_target', field: 'webhook_url' },
    {
      why: 'a mail address',
      json: { webhook_url: 'mailto:a@example.com' },
      status: 400,
      code: 'blocked_target',
      field: 'webhook_url',
    },
  ]
  test.for(refused)('are refused with $why, and nothing is kept', async ({ json, status, code, field }) => {
    if (status === 409) await create({ application_id: 'taken' })
    const count = async () => (await entri.api.call('GET', '/entri/applications?limit=100')).body.data.length
    const before = await count()
    expectProblem(await create({ ...json }), status, code, { [field]: /./ })
    expect(await count()).toBe(before)
  })

  test('are missing when nobody made them, or somebody deleted them', async () => {
    for (const method of ['GET', 'DELETE']) {
      expectProblem(
        await entri.api.call(method, '/entri/applications/app_01h455vb4pex5vsknk084sn02q'),
        404,
        'not_found',
      )
    }
    const path = '/entri/applications/nonsense'
    expectProblem(await entri.api.call('PATCH', path, { json: { user_id: 'x' } }), 404, 'not_found')
    expectProblem(await entri.api.call('PATCH', path, { json: {} }), 400, 'invalid_body')
  })

  test('take their domains, monitors and hook with them', async () => {
    await using own = await startDialect()
    await own.ok('POST', '/monitor/domains', { domain: 'gone.example', dnsRecords: [anA('@'), anA('www')] })
    await own.ok('POST', '/monitor/domains/batch', [{ domain: 'later.example', dnsRecords: [anA('@')] }])
    expect((await own.api.call('DELETE', `/entri/applications/${own.application.uuid}`)).status).toBe(204)
    for (const path of ['/monitors', '/webhooks', '/entri/applications']) {
      expect((await own.api.call('GET', path)).body.data).toEqual([])
    }
    expect((await own.api.call('GET', '/groups')).body.data.map(({ kind }: { kind: string }) => kind)).toEqual([
      'native',
    ])
  })
})

describe('the application of the settings', () => {
  const settings = { DNSRADAR_ENTRI_APPLICATION_ID: 'from-settings', DNSRADAR_ENTRI_SECRET: 'their secret' }

  test('is there from the start, with its webhook', async () => {
    const url = 'https://hooks.example.com/entri'
    await using api = await startApi({ ...settings, DNSRADAR_ENTRI_WEBHOOK_URL: url })
    const { data } = (await api.call('GET', '/entri/applications')).body
    expect(data).toMatchObject([{ application_id: 'from-settings', webhook_url: url, user_id: null }])
    const token = await send('POST', `${api.address}/token`, {
      json: { applicationId: 'from-settings', secret: 'their secret' },
    })
    expect(token.status).toBe(200)
    expect((await api.call('GET', '/webhooks?source=entri')).body.data).toMatchObject([{ url, format: 'entri' }])
  })

  test('is one, and brought up to date, however often the process starts', async () => {
    await using surroundings = await surround()
    const headers = { 'X-API-Key': surroundings.key }
    const seen: unknown[] = []
    for (const more of [
      {},
      { DNSRADAR_ENTRI_WEBHOOK_URL: 'https://hooks.example.com/a' },
      { DNSRADAR_ENTRI_SECRET: 'another' },
      { DNSRADAR_ENTRI_WEBHOOK_URL: 'https://hooks.example.com/b' },
    ]) {
      const { config } = readConfig({ ...surroundings.settings, ...settings, ...more })
      await using server = await startServer(config)
      const { data } = (await send('GET', `${server.address}/entri/applications`, { headers })).body
      seen.push(data.map(({ webhook_url }: { webhook_url: string }) => webhook_url))
      const secret = 'DNSRADAR_ENTRI_SECRET' in more ? 'another' : 'their secret'
      const json = { applicationId: 'from-settings', secret }
      expect((await send('POST', `${server.address}/token`, { json })).status).toBe(200)
    }
    expect(seen).toEqual([
      [null],
      ['https://hooks.example.com/a'],
      ['https://hooks.example.com/a'],
      ['https://hooks.example.com/b'],
    ])
  })
})
