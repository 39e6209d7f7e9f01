/** What the table of operations promises elsewhere: in the README, and in the schemas that n8n shows before a run. */
import { expect, test } from 'vitest'
import { RESOURCES } from '../nodes/DnsRadar/resources.ts'
import readme from '../README.md?raw'

test('each operation has an output schema, and there is no other one', () => {
  const files = Object.keys(import.meta.glob('../nodes/DnsRadar/__schema__/**/*.json'))
  const wanted = RESOURCES.flatMap(({ value, operations }) =>
    operations.map((operation) => `../nodes/DnsRadar/__schema__/v1.0.0/${value}/${operation.value}.json`),
  )
  expect(files.toSorted()).toEqual(wanted.toSorted())
})

test.for(RESOURCES)('the README names the operations of $name, and no others', ({ name, operations }) => {
  const row = readme.split('\n').find((line) => line.startsWith(`| **${name}** |`)) ?? ''
  const [, , named = ''] = row.split('|')
  const names = named.replace(/\([^)]*\)/g, '').split(',')
  expect(names.map((one) => one.trim()).toSorted()).toEqual(operations.map((one) => one.name).toSorted())
})
