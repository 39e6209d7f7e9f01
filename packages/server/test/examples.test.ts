/**
 * The examples of the reference are what the server says.
 *
 * They are recorded in `src/openapi/examples.json`; after a change that is meant they are written anew by
 *
 *     vitest run --project e2e packages/server/test/examples.test.ts --update
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { DnsDelivery, SubscriptionDelivery, SystemDelivery, TestDelivery } from '../src/schemas/deliveries.ts'
import { verifyWebhook } from '@dnsradar/client'
import { Problem, ROUTES, statusesOf, successesOf } from '../src/index.ts'
import { type Examples, examplesOf } from '../src/openapi/examples.ts'
import { RequestDetail } from '../src/schemas/wire.ts'
import { recordExamples } from './examples/recorder.ts'
import { SECRET } from './examples/webhooks.ts'

let recorded: Examples
let notModified: readonly string[]
beforeAll(async () => {
  const recording = await recordExamples()
  recorded = recording.examples
  notModified = recording.notModified
})

test('the examples of the reference are what the server says', async () => {
  await expect(`${JSON.stringify(recorded, null, 2)}\n`).toMatchFileSnapshot('../src/openapi/examples.json')
})

const rows = ROUTES.map((row) => ({ name: `${row.method} ${row.path}`, row }))

describe.for(rows)('$name', ({ row }) => {
  const examples = () => examplesOf(recorded, row)

  test('has an example of each success', () => {
    const shown = Object.keys(examples().responses).filter((status) => Number(status) < 300)
    expect(shown).toEqual(
      successesOf(row)
        .map(({ status }) => String(status))
        .sort(),
    )
  })

  test('has an example of its body, if it takes one', () => {
    expect(examples().request !== undefined).toBe(row.body !== null)
    for (const [name, { value }] of Object.entries(examples().request ?? {})) {
      expect(row.body?.safeParse(value).error?.issues ?? [], `example ${name}`).toEqual([])
    }
  })

  test('has examples that are what their schemas say', () => {
    for (const [status, named] of Object.entries(examples().responses)) {
      const success = successesOf(row).find((one) => one.status === Number(status))
      for (const { value } of Object.values(named)) {
        expect((success?.response ?? Problem).safeParse(value).error?.issues ?? []).toEqual([])
      }
    }
  })
})

const DELIVERED = {
  dnsEvent: DnsDelivery,
  subscription: SubscriptionDelivery,
  systemEvent: SystemDelivery,
  test: TestDelivery,
}

test('deliveries of each kind have examples that are what their schemas say', () => {
  const { webhooks } = recorded
  expect(Object.keys(webhooks)).toEqual(Object.keys(DELIVERED))
  for (const [name, schema] of Object.entries(DELIVERED)) {
    for (const { value } of Object.values(webhooks[name] ?? {})) {
      expect(schema.safeParse(value).error?.issues ?? [], `example ${name}`).toEqual([])
    }
  }
})

test('the delivery that is shown is signed with the secret that is shown', async () => {
  const { responses } = recorded.routes['GET /webhooks/:id/requests/:request'] ?? { responses: {} }
  const { body, headers, last_attempt } = RequestDetail.parse(responses['200']?.['oneRequest']?.value)
  const verified = await verifyWebhook({ body, headers }, { secret: SECRET, now: Date.parse(last_attempt ?? '') })
  expect(verified).toMatchObject({ ok: true, id: JSON.parse(body).uuid })
})

test('every GET that can be asked again says that nothing changed', () => {
  const conditional = rows.filter(({ row }) => statusesOf(row).includes(304)).map(({ name }) => name)
  expect([...notModified].sort()).toEqual(conditional.sort())
})

test('the examples hold nothing of the machine that recorded them', () => {
  expect(JSON.stringify(recorded)).not.toMatch(/127\.0\.0\.1|localhost/)
})

test('only routes that exist have examples', () => {
  const known = rows.map(({ name }) => name)
  expect(Object.keys(recorded.routes).filter((name) => !known.includes(name))).toEqual([])
})
