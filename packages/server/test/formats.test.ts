/** The contract of `format` and `format_options` of webhooks over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, expectProblem, READER, startApi } from './api.ts'

let api: Api
let withMail: Api
beforeAll(async () => {
  const limits = { DNSRADAR_WEBHOOKS_PER_GROUP: '1000' }
  api = await startApi(limits)
  // Nobody listens there: these tests send no mail.
  withMail = await startApi({
    ...limits,
    DNSRADAR_SMTP_URL: 'smtp://127.0.0.1:1',
    DNSRADAR_MAIL_FROM: 'radar@example.org',
  })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await withMail[Symbol.asyncDispose]()
})

const KEY = '0123456789abcdef0123456789abcdef'
const PAGERDUTY = {
  url: 'https://events.pagerduty.com/v2/enqueue',
  format: 'pagerduty',
  format_options: { routing_key: KEY },
}
const create = (json: object, to = api) => to.call('POST', '/webhooks', { json })
const patch = (id: string, json: object, to = api) => to.call('PATCH', `/webhooks/${id}`, { json })

describe('on create', () => {
  test.for([
    ['https://hooks.slack.com/services/T0/B0/x', 'slack'],
    ['https://discord.com/api/webhooks/1/x', 'discord'],
    ['https://acme.webhook.office.com/webhookb2/x', 'teams'],
    ['https://prod-1.westeurope.logic.azure.com/workflows/x', 'teams'],
    ['https://example.com/hook', 'dnsradar'],
  ] as const)('the host decides where no format is given: %s', async ([url, format]) => {
    expect((await create({ url })).body).toMatchObject({ url, format, format_options: {}, method: 'POST' })
  })

  test('a format that is given wins over the host', async () => {
    const url = 'https://hooks.slack.com/services/T0/B0/x'
    expect((await create({ url, format: 'dnsradar' })).body.format).toBe('dnsradar')
    expect((await create({ url: 'https://chat.example.com/hooks/x', format: 'slack' })).body.format).toBe('slack')
  })

  test('a subscription gets the documented body whatever its host', async () => {
    const given = { url: 'https://hooks.slack.com/services/T0/B0/y', source: 'n8n' }
    expect((await create(given)).body.format).toBe('dnsradar')
  })

  test('a body of the caller is shown back as it was given', async () => {
    const format_options = { body: '{"text":"{{summary}}"}' }
    expect((await create({ url: 'https://example.com/own', format_options })).body).toMatchObject({ format_options })
  })

  test('mail goes to a mailto: url where the operator named a mail server', async () => {
    const given = { url: 'mailto:ops@example.com,dns@example.com', format: 'email' }
    expect((await create(given, withMail)).body).toMatchObject(given)
  })

  const refused: { why: string; given: object; mail?: boolean; code?: string; field: string; says: RegExp }[] = [
    {
      why: 'PagerDuty without its key',
      given: { url: PAGERDUTY.url, format: 'pagerduty' },
      field: 'format_options.routing_key',
      says: /is required/,
    },
    {
      why: 'PagerDuty with another key',
      given: { ...PAGERDUTY, format_options: { routing_key: 'secret-word' } },
      field: 'format_options.routing_key',
      says: /^(?!.*secret-word).*32 letters and digits/,
    },
    {
      why: 'a key in the place of a value that is not there',
      given: { ...PAGERDUTY, format_options: { routing_key: '***' } },
      field: 'format_options.routing_key',
      says: /there is none/,
    },
    {
      why: 'an option of another format',
      given: { url: 'https://hooks.slack.com/x', format_options: { routing_key: KEY } },
      field: 'format_options.routing_key',
      says: /not known with format slack, which takes none/,
    },
    {
      why: 'an unknown placeholder',
      given: { url: 'https://example.com/', format_options: { body: '{"a":"{{event.domian}}"}' } },
      field: 'format_options.body',
      says: /\{\{event\.domian\}\}.*known are uuid, .*event\.incidence_count/,
    },
    {
      why: 'an option that is a number',
      given: { url: 'https://example.com/', format_options: { body: 1 } },
      field: 'format_options.body',
      says: /give a string/,
    },
    {
      why: 'a method that Slack does not take',
      given: { url: 'https://hooks.slack.com/x', method: 'PUT' },
      field: 'method',
      says: /PUT is not what slack takes; use POST/,
    },
    {
      why: 'an ntfy url without a topic',
      given: { url: 'https://ntfy.sh/', format: 'ntfy' },
      field: 'url',
      says: /topic/,
    },
    {
      why: 'Slack for a subscription',
      given: { url: 'https://example.com/', source: 'n8n', format: 'slack' },
      field: 'format',
      says: /subscription/,
    },
    {
      why: 'a body of the caller for a subscription',
      given: { url: 'https://example.com/', source: 'n8n', format_options: { body: '{}' } },
      field: 'format_options',
      says: /subscription/,
    },
    {
      why: 'mailto: without the format',
      given: { url: 'mailto:ops@example.com' },
      mail: true,
      code: 'blocked_target',
      field: 'url',
      says: /"format": "email"/,
    },
    {
      why: 'mailto: without a mail server',
      given: { url: 'mailto:ops@example.com', format: 'email' },
      code: 'blocked_target',
      field: 'url',
      says: /DNSRADAR_SMTP_URL/,
    },
    {
      why: 'mail to a web address',
      given: { url: 'https://example.com/', format: 'email' },
      mail: true,
      field: 'url',
      says: /mailto:/,
    },
    {
      why: 'mail with header fields',
      given: { url: 'mailto:ops@example.com?bcc=x@example.net', format: 'email' },
      mail: true,
      field: 'url',
      says: /mailto:/,
    },
    {
      why: 'a private address in any format',
      given: { url: 'http://10.0.0.1/topic', format: 'ntfy' },
      code: 'blocked_target',
      field: 'url',
      says: /private/,
    },
  ]
  test.for(refused)('refused: $why', async ({ given, mail = false, code = 'invalid_field', field, says }) => {
    expectProblem(await create(given, mail ? withMail : api), 400, code, { [field]: says })
  })
})

describe('a secret option', () => {
  test('is shown to nobody, and kept by the sign that stands for it', async () => {
    const made = await create(PAGERDUTY)
    expect(made.body.format_options).toEqual({ routing_key: '***' })
    const path = `/webhooks/${made.body.uuid}`
    for (const key of [undefined, READER]) {
      const read = await api.call('GET', path, key === undefined ? {} : { key })
      expect(read.body.format_options).toEqual({ routing_key: '***' })
    }
    expect((await patch(made.body.uuid, { format_options: { routing_key: '***' } })).status).toBe(200)
    const stored = await api.store.webhooks.get(api.orgId, made.body.uuid)
    expect(stored?.formatOptions).toEqual({ routing_key: KEY })
  })

  test('is in no answer, no history and no record of writes', async () => {
    const { uuid } = (await create(PAGERDUTY)).body
    const tested = await api.call('POST', `/webhooks/${uuid}/test`)
    const request = await api.call('GET', `/webhooks/${uuid}/requests/${tested.body.uuid}`)
    const audit = await api.call('GET', '/audit?limit=100')
    expect(request.body.body).toContain('"event_action":"trigger"')
    expect(JSON.stringify([tested.body, request.body, audit.body])).not.toContain(KEY)
  })
})

describe('on edit', () => {
  test('another url leaves the format as it is', async () => {
    const { uuid } = (await create({ url: 'https://hooks.slack.com/services/x' })).body
    const edited = await patch(uuid, { url: 'https://example.com/hook' })
    expect(edited.body).toMatchObject({ url: 'https://example.com/hook', format: 'slack' })
  })

  test('another format begins without the options of the one before it', async () => {
    const { uuid } = (await create(PAGERDUTY)).body
    const edited = await patch(uuid, { format: 'slack', url: 'https://hooks.slack.com/x' })
    expect(edited.body).toMatchObject({ format: 'slack', format_options: {} })
  })

  test('what is not named stays', async () => {
    const format_options = { body: '{"text":"{{summary}}"}' }
    const { uuid } = (await create({ url: 'https://example.com/own', format_options })).body
    expect((await patch(uuid, { timeout_seconds: 9 })).body).toMatchObject({ format_options, timeout_seconds: 9 })
    expect((await patch(uuid, { format_options: {} })).body.format_options).toEqual({})
  })

  const refused: { why: string; made: object; given: object; field: string; says: RegExp }[] = [
    {
      why: 'a format whose options are not given',
      made: { url: 'https://example.com/' },
      given: { format: 'pagerduty' },
      field: 'format_options.routing_key',
      says: /is required/,
    },
    {
      why: 'a key that belonged to another format',
      made: { url: 'https://example.com/' },
      given: { format: 'pagerduty', format_options: { routing_key: '***' } },
      field: 'format_options.routing_key',
      says: /there is none/,
    },
    {
      why: 'to take its key away',
      made: PAGERDUTY,
      given: { format_options: {} },
      field: 'format_options.routing_key',
      says: /is required/,
    },
    {
      why: 'a format that does not take its method',
      made: { url: 'https://example.com/', method: 'PUT' },
      given: { format: 'slack' },
      field: 'method',
      says: /use POST/,
    },
    {
      why: 'a format that does not take its url',
      made: { url: 'https://ntfy.sh/' },
      given: { format: 'ntfy' },
      field: 'url',
      says: /topic/,
    },
    {
      why: 'a url that its format does not take',
      made: { url: 'https://ntfy.sh/dns', format: 'ntfy' },
      given: { url: 'https://ntfy.sh/' },
      field: 'url',
      says: /topic/,
    },
  ]
  test.for(refused)('refused: $why', async ({ made, given, field, says }) => {
    const { signing_secret: _, ...before } = (await create(made)).body
    expectProblem(await patch(before.uuid, given), 400, 'invalid_field', { [field]: says })
    expect((await api.call('GET', `/webhooks/${before.uuid}`)).body).toEqual(before)
  })
})
