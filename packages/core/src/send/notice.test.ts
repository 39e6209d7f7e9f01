import { afterEach, expect, test } from 'vitest'
import { SYSTEM_DATA } from '../../../../test/harness/format-examples.ts'
import { startMailServer } from '../../../../test/harness/mail-server.ts'
import { type Answer, startReceiver } from '../../../../test/harness/webhook-receiver.ts'
import type { Notice } from '../delivery/notice.ts'
import { createMailSender } from './mail.ts'
import { createNoticePost, noticeByMail } from './notice.ts'

const held: AsyncDisposable[] = []
afterEach(async () => {
  for (const resource of held.splice(0).toReversed()) await resource[Symbol.asyncDispose]()
})
function hold<T extends AsyncDisposable>(resource: T): T {
  held.push(resource)
  return resource
}

const NOTICE: Notice = {
  event: {
    id: 'sys_01jd00000000000000000000zz',
    orgId: 'org_01jd00000000000000000000zz',
    type: 'webhook.disabled',
    created: Date.UTC(2026, 0, 8, 12),
    data: SYSTEM_DATA['webhook.disabled'],
  },
  subject: { of: 'webhook', webhookId: 'wh_01jd00000000000000000000zz' },
  owed: null,
}
const AGENT = 'DNSRadar/1.2.3'

/** A post with little patience. */
const post = (url: string) => hold(createNoticePost(url, AGENT, 300))

test('a notice is posted as JSON, with what tells notices apart', async () => {
  const receiver = hold(await startReceiver())
  expect(await post(`${receiver.origin}/radar?team=dns`).send(NOTICE)).toBeNull()
  const { method, path, headers, body } = await receiver.next()
  expect({ method, path }).toEqual({ method: 'POST', path: '/radar?team=dns' })
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': AGENT,
    'webhook-id': NOTICE.event.id,
    'x-dnsradar-event': 'webhook.disabled',
  })
  expect(headers.authorization).toBeUndefined()
  expect(Object.keys(JSON.parse(body))).toEqual(['type', 'created', 'organization_uuid', 'data'])
})

test.for([
  { account: 'radar:p%40ss', says: 'radar:p@ss' },
  { account: 'radar', says: 'radar:' },
  { account: '100%:x', says: '100%:x' },
])('credentials of the address log in: $account', async ({ account, says }) => {
  const receiver = hold(await startReceiver())
  expect(await post(receiver.url.replace('://', `://${account}@`)).send(NOTICE)).toBeNull()
  const { headers } = await receiver.next()
  expect(headers.authorization).toBe(`Basic ${Buffer.from(says).toString('base64')}`)
})

const refusals: { why: string; answer: Answer; says: RegExp }[] = [
  { why: 'a failure', answer: 500, says: /^HTTP 500$/ },
  {
    why: 'a redirect, which is not followed',
    answer: { status: 302, headers: { location: '/hook' } },
    says: /^HTTP 302$/,
  },
  { why: 'no answer', answer: 'hang', says: /timeout after 0\.3 s/ },
  { why: 'a closed connection', answer: 'close', says: /reset/ },
  {
    why: 'an answer that never ends',
    answer: (_request, response) => void response.writeHead(200).write('x'),
    says: /timeout after 0\.3 s/,
  },
]
test.for(refusals)('$why is told as a failure that names neither address nor credentials', async ({ answer, says }) => {
  const receiver = hold(await startReceiver())
  receiver.answer(answer)
  const error = await post(receiver.url.replace('://', '://radar:hunter2@')).send(NOTICE)
  expect(error).toMatch(says)
  expect(error).not.toMatch(/hunter2|127\.0\.0\.1/)
  expect(receiver.requests).toHaveLength(1)
})

test('an answer of any size costs no more than its beginning', async () => {
  const receiver = hold(await startReceiver())
  receiver.answer({ status: 200, body: Buffer.alloc(5_000_000, 'x') })
  expect(await post(receiver.url).send(NOTICE)).toBeNull()
})

test('an address that nobody listens on is a failure', async () => {
  const receiver = await startReceiver()
  await receiver.close()
  expect(await post(receiver.url).send(NOTICE)).toMatch(/^Connection refused/)
})

test('a mail goes to every address, also to one with characters that mean something in a url', async () => {
  const server = hold(await startMailServer())
  const sender = hold(createMailSender({ smtpUrl: server.url, from: 'radar@example.org', keepResponses: false }))
  const addresses = ['ops@example.com', 'a%b?c@example.com']
  expect(await noticeByMail(sender, addresses, AGENT)(NOTICE)).toBeNull()
  const { to, headers } = await server.next()
  expect(to).toEqual(addresses)
  expect(headers['subject']).toMatch(/^\[DNSRadar\] Webhook disabled: /)
  expect(headers['message-id']).toBe(`<${NOTICE.event.id}@example.org>`)
})

test('a mail that nobody takes is a failure', async () => {
  const server = hold(await startMailServer({ unknown: ['ops@example.com'] }))
  const sender = hold(createMailSender({ smtpUrl: server.url, from: 'radar@example.org', keepResponses: false }))
  expect(await noticeByMail(sender, ['ops@example.com'], AGENT)(NOTICE)).toBe('The mail server answered 550')
})
