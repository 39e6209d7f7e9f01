import { expect, test } from 'vitest'
import * as core from 'zapier-platform-core'
import packageJson from '../package.json' with { type: 'json' }
import app from './index.ts'

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

test('the keys that Zaps are stored under stay as they are', () => {
  expect(steps.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    'trigger dns_change',
    'trigger record_broken',
    'trigger record_restored',
    'trigger domain_restored',
    'trigger new_monitor',
    'trigger monitor_paused',
    'trigger webhook_disabled',
    'trigger group_list',
    'trigger monitor_list',
    'trigger webhook_list',
    'create create_monitor',
    'create create_monitors',
    'create update_monitor',
    'create check_monitor',
    'create set_monitor_active',
    'create update_group_monitors',
    'create accept_current_value',
    'search find_monitor',
    'search find_group',
    'search find_events',
    'search look_up_record',
  ])
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

test.for(shown)('every field that $kind $key labels is in its sample, or can be empty there', ({ operation }) => {
  const keys = flatKeys(operation.sample ?? {})
  const labelled = (operation.outputFields ?? []).map((field) => ('key' in field ? field.key : ''))
  expect(labelled.filter((key) => !keys.has(key))).toEqual([])
})

test.for(shown)('dropdowns and searches that $kind $key refers to are there', ({ operation }) => {
  const fields = (operation.inputFields ?? []).flatMap((field) => ('key' in field ? [field] : []))
  for (const { dynamic, search } of fields) {
    expect(['undefined', ...Object.keys(app.triggers)]).toContain(String(dynamic?.split('.')[0]))
    expect(['undefined', ...Object.keys(app.searches)]).toContain(String(search?.split('.')[0]))
  }
})

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

/** As Zapier writes them: `event__domain`, `monitors[]id`. */
function flatKeys(value: object, prefix = ''): Set<string> {
  return new Set(
    Object.entries(value).flatMap(([key, inner]) => {
      const name = `${prefix}${key}`
      if (Array.isArray(inner) && isObject(inner[0])) return [name, ...flatKeys(inner[0], `${name}[]`)]
      return isObject(inner) ? [name, ...flatKeys(inner, `${name}__`)] : [name]
    }),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
