/** The contract of `POST /monitors/{id}/accept`, and the right to change a monitor by either way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ZoneType, ZoneValue } from '../../../../test/harness/dns-zone.ts'
import { expectProblem, READER, WRITER } from '../api.ts'
import { type Editing, startEditing } from './editing.ts'

let editing: Editing
beforeAll(async () => {
  editing = await startEditing()
})
afterAll(() => editing[Symbol.asyncDispose]())

describe('accepting the current value', () => {
  const modes: { why: string; type: ZoneType; found: string[]; from: object; shown: object }[] = [
    {
      why: 'exact stays exact',
      type: 'A',
      found: ['192.0.2.3', '192.0.2.2'],
      from: { expected_value: '192.0.2.1' },
      shown: { match: 'exact', expected_value: ['192.0.2.2', '192.0.2.3'] },
    },
    {
      why: 'includes stays includes',
      type: 'MX',
      found: ['10 a.example.com'],
      from: { match: 'includes', expected_value: '20 b.example.com' },
      shown: { match: 'includes', expected_value: ['10 a.example.com'] },
    },
    {
      why: 'any_of stays any_of',
      type: 'A',
      found: ['192.0.2.3'],
      from: { match: 'any_of', expected_value: '192.0.2.1' },
      shown: { match: 'any_of', expected_value: ['192.0.2.3'] },
    },
    {
      why: 'none_of becomes exact',
      type: 'A',
      found: ['192.0.2.3'],
      from: { match: 'none_of', expected_value: '192.0.2.3' },
      shown: { match: 'exact', is_exact_match: true, expected_value: ['192.0.2.3'] },
    },
    {
      why: 'cidr becomes exact',
      type: 'A',
      found: ['198.51.100.1'],
      from: { match: 'cidr', expected_value: '192.0.2.0/24' },
      shown: { match: 'exact', expected_value: ['198.51.100.1'] },
    },
    {
      why: 'absent becomes exact',
      type: 'TXT',
      found: ['there'],
      from: { match: 'absent' },
      shown: { match: 'exact', expected_value: ['there'] },
    },
    {
      why: 'a policy takes the policy and not its neighbours',
      type: 'TXT',
      found: ['v=spf1 a -all', 'verification=1'],
      from: { expected_value: 'v=spf1 -all' },
      shown: { expected_value: ['v=spf1 a -all'] },
    },
  ]
  test.for(modes)('$why', async ({ type, found, from, shown }) => {
    const uuid = await editing.checked(type, found, from)
    expect((await editing.read(uuid)).state).toBe('MISMATCH')
    const { status, body } = await editing.accept(uuid)
    expect(status).toBe(200)
    expect(body).toMatchObject({ uuid, state: 'MISMATCH', ...shown })
    await expect.poll(async () => (await editing.read(uuid)).state).toBe('VALID')
  })

  test('of a baseline takes what is there as it is, however much', async () => {
    const uuid = await editing.checked('A', ['192.0.2.1'], { match: 'baseline' })
    const { domain } = await editing.read(uuid)
    const many = Array.from({ length: 12 }, (_, i) => `192.0.2.${i + 100}`)
    editing.dns.set(domain, 'A', many)
    expect((await editing.check(uuid)).state).toBe('MISMATCH')
    expect((await editing.accept(uuid)).body).toMatchObject({ match: 'baseline', expected_value: many })
    expect((await editing.check(uuid)).state).toBe('VALID')
  })

  const tooMuch: { why: string; type: ZoneType; found: ZoneValue[]; field: string; says: RegExp }[] = [
    {
      why: 'eleven values',
      type: 'A',
      found: Array.from({ length: 11 }, (_, i) => `192.0.2.${i + 100}`),
      field: 'expected_value',
      says: /11 values, and 10 at most/,
    },
    {
      why: 'a value of 1001 characters',
      type: 'TXT',
      found: [[...Array(4).fill('x'.repeat(250)), 'x']],
      field: 'expected_value',
      says: /1001 characters, and 1000 at most/,
    },
  ]
  test.for(tooMuch)('of $why is refused with a way out that works', async ({ type, found, field, says }) => {
    const wrong = type === 'A' ? '192.0.2.1' : 'wrong'
    const uuid = await editing.checked(type, found, { expected_value: wrong })
    const reply = await editing.accept(uuid)
    expectProblem(reply, 400, 'invalid_expectation', { [field]: says })
    expect(reply.body.detail).toMatch(/set `match` to `baseline`\.$/)
    expect(await editing.read(uuid)).toMatchObject({ match: 'exact', expected_value: [wrong], state: 'MISMATCH' })
    await editing.patch(uuid, { match: 'baseline' })
    expect(await editing.check(uuid)).toMatchObject({ state: 'VALID' })
    expect((await editing.read(uuid)).expected_value).toHaveLength(found.length)
  })

  test('before the first look is 409', async () => {
    const reply = await editing.accept(await editing.create())
    expectProblem(reply, 409, 'conflict')
    expect(reply.body.detail).toMatch(/has not been checked yet/)
  })

  test('where there is no record is 409, and the way out works', async () => {
    const uuid = await editing.checked('A', [], { expected_value: '192.0.2.1' })
    const reply = await editing.accept(uuid)
    expectProblem(reply, 409, 'conflict')
    expect(reply.body.detail).toMatch(/set `match` to `absent`/)
    await editing.patch(uuid, { match: 'absent' })
    expect(await editing.check(uuid)).toMatchObject({ state: 'VALID' })
  })

  test('takes no body', async () => {
    const uuid = await editing.checked('A', ['192.0.2.2'], { expected_value: '192.0.2.1' })
    const reply = await editing.api.call('POST', `/monitors/${uuid}/accept`, { json: { expected_value: 'x' } })
    expectProblem(reply, 400, 'unknown_field', { expected_value: /no fields at all/ })
  })

  test('of a disabled monitor leaves it disabled', async () => {
    const uuid = await editing.checked('A', ['192.0.2.2'], { expected_value: '192.0.2.1' })
    await editing.api.call('POST', `/monitors/${uuid}/disable`)
    expect((await editing.accept(uuid)).body).toMatchObject({
      is_active: false,
      expected_value: ['192.0.2.2'],
      next_check: null,
    })
  })
})

test('both need write scope, and no more', async () => {
  const uuid = await editing.checked('A', ['192.0.2.2'], { expected_value: '192.0.2.1' })
  const path = `/monitors/${uuid}`
  expectProblem(await editing.api.call('PATCH', path, { key: READER, json: { frequency: 5 } }), 403, 'missing_scope')
  expectProblem(await editing.api.call('POST', `${path}/accept`, { key: READER }), 403, 'missing_scope')
  expect((await editing.api.call('PATCH', path, { key: WRITER, json: { frequency: 5 } })).status).toBe(200)
  expect((await editing.api.call('POST', `${path}/accept`, { key: WRITER })).status).toBe(200)
})
