/** Editors read docs/dnsradar.schema.json, which is made of the schema that reads the files. */
import { expect, test } from 'vitest'
import { configurationSchema } from './json-schema.ts'

const PUBLISHED = new URL('../../../../docs/dnsradar.schema.json', import.meta.url).pathname

test('the published schema is that of this version', async () => {
  await expect(`${JSON.stringify(configurationSchema(), null, 2)}\n`).toMatchFileSnapshot(PUBLISHED)
})

test('it offers the words that are accepted, and no words of our own', () => {
  const text = JSON.stringify(configurationSchema())
  expect(text).not.toContain('"override"')
  expect(configurationSchema()).toMatchObject({
    properties: {
      defaults: { properties: { frequency: { enum: [1, 5, 10, 15, 30, 60, 120] } } },
      monitors: { additionalProperties: { properties: { expected_value: { type: ['string', 'array'] } } } },
    },
  })
})
