import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as core from 'zapier-platform-core'
import packageJson from '../package.json' with { type: 'json' }
import released from '../released-keys.json' with { type: 'json' }
import { keysOf, lostKeys } from '../scripts/keys.ts'
import { expectFields } from '../test/shapes.ts'
import app from './index.ts'

type PlainOutputField = core.PlainOutputField

/** What Zapier runs an app with; its types leave it out. */
type Handler = (event: { readonly command: string }) => Promise<{ readonly results: unknown }>
const handlerOf = (core as unknown as { createAppHandler: (app: object) => Handler }).createAppHandler
const handle = handlerOf(app)

const steps = [
  ...Object.values(app.triggers).map((step) => ({ kind: 'trigger', ...step })),
  ...Object.values(app.creates).map((step) => ({ kind: 'create', ...step })),
  ...Object.values(app.searches).map((step) => ({ kind: 'search', ...step })),
]
const shown = steps.filter(({ display }) => display.hidden !== true)

test('the app is what Zapier’s schema asks for', async () => {
  expect((await handle({ command: 'validate' })).results).toEqual([])
})

test('a step without a description is not what Zapier’s schema asks for', async () => {
  const broken = {
    ...app,
    creates: { lone: { ...app.creates.check_monitor, key: 'lone', display: { label: 'Lone' } } },
  }
  expect((await handlerOf(broken)({ command: 'validate' })).results).not.toEqual([])
})

test('the app has the version of its package', () => {
  expect(app.version).toBe(packageJson.version)
})

const keys = keysOf(app)

test('the keys that Zaps are stored with are on record', () => {
  const now = { version: app.version, steps: keys }
  expect(lostKeys(released, now)).toEqual([])
  expect(now, '`pnpm keys` writes them down').toEqual(released)
})

test('a key that is taken away is named, unless the major version is another', () => {
  const before = {
    version: '1.4.0',
    steps: { a: { inputs: ['x', 'y'], outputs: ['z'] }, b: { inputs: [], outputs: [] } },
  }
  const steps = { a: { inputs: ['y', 'more'], outputs: [] } }
  expect(lostKeys(before, { version: '1.5.0', steps })).toEqual(['a: input x', 'a: output z', 'b'])
  expect(lostKeys(before, { version: '2.0.0', steps })).toEqual([])
})

const OPENINGS = { trigger: /^Triggers when /, create: /^[A-Z][a-z]+s /, search: /^Finds / }

test.for(shown)('$kind $key reads as Zapier’s guidelines ask', ({ kind, key, noun, display, operation }) => {
  expect(display.label).toMatch(/^[A-Z]/)
  expect(display.label).not.toMatch(/dnsradar|zapier/i)
  expect(display.description).toMatch(OPENINGS[kind as keyof typeof OPENINGS])
  expect(display.description).toMatch(/\.$|"\.$/)
  expect(noun).not.toMatch(/[^s]s$/)
  expect(key).toMatch(/^[a-z_]+$/)
  const fields = operation.inputFields ?? []
  const required = fields.map((field) => 'required' in field && field.required)
  expect(required, 'required fields stand first').toEqual(required.toSorted((a, b) => Number(b) - Number(a)))
})

test.for(steps)('the sample of $kind $key holds what its fields promise', ({ operation }) => {
  const { sample, outputFields } = operation as { sample: object; outputFields: PlainOutputField[] }
  expect(Object.keys(sample)).not.toEqual([])
  expectFields(outputFields, sample)
})

test.for(shown)('labels of $kind $key are in title case', ({ display, operation }) => {
  const fields = [...(operation.inputFields ?? []), ...(operation.outputFields ?? [])]
  const labels = [display.label ?? '', ...fields.map((field) => ('label' in field ? field.label : undefined) ?? '')]
  const lowered = labels.flatMap((label) => label.match(/\b[a-z]\w*/g) ?? [])
  expect(lowered.filter((word) => !['or', 'for', 'in', 'of', 'ms'].includes(word))).toEqual([])
})

test.for(shown)('dropdowns and searches that $kind $key refers to are there', ({ operation }) => {
  const fields = (operation.inputFields ?? []).filter((field) => 'key' in field)
  const dropdowns = fields.flatMap(({ dynamic = '' }) => referred('trigger', dynamic))
  const searches = fields.flatMap(({ search = '' }) => referred('search', search))
  const missing = [...dropdowns, ...searches].filter(({ step, member }) => !keys[step]?.outputs.includes(member))
  expect(missing).toEqual([])
})

/** `group_list.slug.name` refers to two members of what that trigger returns. */
function referred(kind: string, reference: string): { step: string; member: string }[] {
  const [key, ...members] = reference.split('.')
  return members.map((member) => ({ step: `${kind} ${key}`, member }))
}

test('New DNS Change offers every state that a change can lead to', () => {
  const states = app.triggers.dns_change.operation.inputFields?.find(
    (field) => 'key' in field && field.key === 'states',
  )
  const choices = states !== undefined && 'choices' in states ? states.choices : undefined
  expect(Object.keys(choices ?? {}).toSorted()).toEqual(['INVALID', 'MISMATCH', 'NOT_FOUND', 'TIMEOUT', 'VALID'])
})

test('only the address of a connection is no secret', () => {
  const open = app.authentication?.fields?.filter((field) => field.isNoSecret === true).map(({ key }) => key)
  expect(open).toEqual(['server_url'])
})

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test.for(shown)('the README has a row for $kind $key', ({ display }) => {
  expect(readme).toContain(`| ${display.label} |`)
})

test('what the example Zaps of the README print is there', () => {
  const printed = [...readme.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name)
  expect(keys['trigger dns_change']?.outputs).toEqual(expect.arrayContaining(printed))
  expect(keys['trigger record_broken']?.outputs).toEqual(expect.arrayContaining(printed))
  expect(new Set(printed).size).toBeGreaterThan(15)
})
