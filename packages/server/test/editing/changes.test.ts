/** The contract of `PATCH /monitors/{id}`: what it changes, and what becomes of the state. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectProblem } from '../api.ts'
import { type Editing, startEditing } from './editing.ts'

let editing: Editing
beforeAll(async () => {
  editing = await startEditing()
})
afterAll(() => editing[Symbol.asyncDispose]())

describe('a patch', () => {
  const accepted: { why: string; from?: object; given: object; shown: object }[] = [
    { why: 'a domain', given: { domain: 'example.org' }, shown: { domain: 'example.org', subdomain: 'www' } },
    { why: 'a subdomain', given: { subdomain: 'api' }, shown: { domain: 'example.com', subdomain: 'api' } },
    { why: 'null takes the subdomain away', given: { subdomain: null }, shown: { subdomain: null } },
    { why: 'an empty subdomain is the apex', given: { subdomain: '' }, shown: { subdomain: null } },
    {
      why: 'a full name replaces both halves',
      given: { full_domain: 'a.b.example.co.uk' },
      shown: { domain: 'example.co.uk', subdomain: 'a.b' },
    },
    {
      why: 'a full name without a subdomain leaves none',
      given: { full_domain: 'example.net' },
      shown: { domain: 'example.net', subdomain: null },
    },
    {
      why: 'a type with an expectation for it',
      given: { record_type: 'TXT', expected_value: 'hello' },
      shown: { record_type: 'TXT', expected_value: ['hello'] },
    },
    {
      why: 'TXT that says SPF becomes SPF as it stands',
      from: { record_type: 'TXT', expected_value: 'v=spf1 -all' },
      given: { record_type: 'SPF' },
      shown: { record_type: 'SPF', expected_value: ['v=spf1 -all'], subdomain: 'www' },
    },
    {
      why: 'DMARC of a whole domain looks at _dmarc',
      from: { subdomain: null, record_type: 'TXT', expected_value: 'v=DMARC1; p=none' },
      given: { record_type: 'DMARC' },
      shown: { record_type: 'DMARC', subdomain: '_dmarc' },
    },
    {
      why: 'an address with the type that takes one',
      from: { subdomain: null },
      given: { domain: '192.0.2.1', record_type: 'PTR', expected_value: 'mail.example.com' },
      shown: { domain: '192.0.2.1', record_type: 'PTR' },
    },
    { why: 'one value alone', given: { expected_value: '192.0.2.9' }, shown: { expected_value: ['192.0.2.9'] } },
    {
      why: 'several values in their order',
      given: { expected_value: ['192.0.2.9', '192.0.2.1'] },
      shown: { expected_value: ['192.0.2.9', '192.0.2.1'] },
    },
    {
      why: 'a match mode keeps the values',
      given: { match: 'any_of' },
      shown: { match: 'any_of', is_exact_match: false, expected_value: ['192.0.2.1'] },
    },
    { why: 'flexible is includes', given: { is_exact_match: false }, shown: { match: 'includes' } },
    {
      why: 'exact again',
      from: { match: 'none_of' },
      given: { is_exact_match: true },
      shown: { match: 'exact', is_exact_match: true },
    },
    {
      why: 'is_exact_match as it was read changes no mode',
      from: { match: 'any_of' },
      given: { is_exact_match: false, frequency: 5 },
      shown: { match: 'any_of', frequency: 5 },
    },
    {
      why: 'is_exact_match as it was read keeps a baseline',
      from: { match: 'baseline', expected_value: undefined },
      given: { is_exact_match: true },
      shown: { match: 'baseline' },
    },
    {
      why: 'absent drops the expectation',
      given: { match: 'absent' },
      shown: { match: 'absent', expected_value: [], is_exact_match: false },
    },
    {
      why: 'a baseline drops the expectation, to take its own',
      given: { match: 'baseline' },
      shown: { match: 'baseline', expected_value: [], is_exact_match: true },
    },
    {
      why: 'from absent to a value',
      from: { match: 'absent', expected_value: undefined },
      given: { match: 'exact', expected_value: '192.0.2.3' },
      shown: { match: 'exact', expected_value: ['192.0.2.3'] },
    },
    {
      why: 'cidr with a network',
      given: { match: 'cidr', expected_value: '192.0.2.0/24' },
      shown: { match: 'cidr', expected_value: ['192.0.2.0/24'] },
    },
    ...[1, 5, 10, 15, 30, 60, 120].map((frequency) => ({
      why: `frequency ${frequency}`,
      given: { frequency },
      shown: { frequency },
    })),
    { why: 'notify', given: { notify: 'after_success' }, shown: { notify: 'after_success' } },
    { why: 'a new group', given: { group: 'moved-here' }, shown: { group: 'moved-here' } },
    { why: 'null is the default group', from: { group: 'left' }, given: { group: null }, shown: { group: 'default' } },
    { why: 'an external id', given: { external_id: 'patched:1' }, shown: { external_id: 'patched:1' } },
    {
      why: 'null takes the external id away',
      from: { external_id: 'patched:2' },
      given: { external_id: null },
      shown: { external_id: null },
    },
    {
      why: 'metadata is replaced whole',
      from: { metadata: { a: '1', b: '2' } },
      given: { metadata: { b: '3' } },
      shown: { metadata: { b: '3' } },
    },
  ]
  test.for(accepted)('changes $why', async ({ from, given, shown }) => {
    const uuid = await editing.create(from)
    const { status, body } = await editing.patch(uuid, given)
    expect(status).toBe(200)
    expect(body).toMatchObject({ uuid, ...shown })
    expect(await editing.read(uuid)).toMatchObject(shown)
  })

  test('leaves alone what it does not name', async () => {
    const uuid = await editing.create({
      group: 'kept',
      external_id: 'kept',
      metadata: { a: 'b' },
      notify: 'on_success',
    })
    const { check: _, updated: __, ...before } = await editing.read(uuid)
    const { body } = await editing.patch(uuid, { frequency: 5 })
    expect(body).toMatchObject({ ...before, frequency: 5 })
  })

  test('enables and disables', async () => {
    const uuid = await editing.create()
    const enabled = (await editing.patch(uuid, { is_active: true })).body
    expect(enabled.is_active).toBe(true)
    expect(enabled.next_check).not.toBeNull()
    expect((await editing.patch(uuid, { is_active: false })).body).toMatchObject({ is_active: false, next_check: null })
    expectProblem(await editing.api.call('POST', `/monitors/${uuid}/check`), 409, 'monitor_disabled')
  })

  test('takes a whole monitor back as it was read, as far as its fields can be written', async () => {
    const uuid = await editing.create({ match: 'includes', external_id: 'round', metadata: { a: 'b' } })
    const read_ = await editing.read(uuid)
    const writable = ['domain', 'subdomain', 'record_type', 'expected_value', 'is_exact_match', 'match', 'frequency']
    const others = ['notify', 'group', 'external_id', 'metadata', 'is_active']
    const { body } = await editing.patch(
      uuid,
      Object.fromEntries([...writable, ...others].map((key) => [key, read_[key]])),
    )
    const { check: _, updated: __, ...before } = read_
    expect(body).toMatchObject(before)
  })

  test('is looked at at once', async () => {
    const uuid = await editing.checked('A', ['192.0.2.1'], { expected_value: '192.0.2.1' })
    await editing.patch(uuid, { expected_value: '192.0.2.2' })
    await expect.poll(async () => (await editing.read(uuid)).state).toBe('MISMATCH')
  })

  test('edits at the same time are all kept', async () => {
    const uuid = await editing.create()
    const replies = await Promise.all([
      editing.patch(uuid, { subdomain: 'api' }),
      editing.patch(uuid, { domain: 'example.org' }),
      editing.patch(uuid, { expected_value: '192.0.2.7' }),
      editing.patch(uuid, { match: 'includes' }),
    ])
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(await editing.read(uuid)).toMatchObject({
      domain: 'example.org',
      subdomain: 'api',
      match: 'includes',
      expected_value: ['192.0.2.7'],
    })
  })
})

describe('a patch and the state', () => {
  test('another name is UNSET again, without its old value and with its count', async () => {
    const uuid = await editing.checked('A', ['192.0.2.2'], { expected_value: '192.0.2.1' })
    expect(await editing.read(uuid)).toMatchObject({ state: 'MISMATCH', incidence_count: 1 })
    const { body } = await editing.patch(uuid, { full_domain: 'elsewhere.example', is_active: false })
    expect(body).toMatchObject({ state: 'UNSET', current_value: null, last_checked: null, incidence_count: 1 })
    expect(body).toMatchObject({ reasons: [], pending_state: null })
    expect((await editing.read(uuid)).check).toBeNull()
  })

  test('another type is UNSET again', async () => {
    const uuid = await editing.checked('A', ['192.0.2.1'], { expected_value: '192.0.2.1' })
    const given = { record_type: 'TXT', expected_value: 'x', is_active: false }
    expect((await editing.patch(uuid, given)).body).toMatchObject({ state: 'UNSET', current_value: null })
  })

  test('the same name in other letters is no other name', async () => {
    const uuid = await editing.checked('A', ['192.0.2.1'], { expected_value: '192.0.2.1' })
    const { domain } = await editing.read(uuid)
    const { body } = await editing.patch(uuid, { domain: `${domain.toUpperCase()}.` })
    expect(body).toMatchObject({ domain: `${domain.toUpperCase()}.`, state: 'VALID', current_value: ['192.0.2.1'] })
  })

  test('another expectation leaves the state to the next look', async () => {
    const uuid = await editing.checked('A', ['192.0.2.1'], { expected_value: '192.0.2.1' })
    const { body } = await editing.patch(uuid, { expected_value: '192.0.2.2', is_active: false })
    expect(body).toMatchObject({ state: 'VALID', current_value: ['192.0.2.1'], expected_value: ['192.0.2.2'] })
  })

  test('a baseline keeps what it took until its match or type is another', async () => {
    const uuid = await editing.checked('TXT', ['one', 'two'], { match: 'baseline' })
    const taken = { match: 'baseline', expected_value: ['one', 'two'] }
    expect(await editing.read(uuid)).toMatchObject(taken)
    for (const given of [{ metadata: { a: 'b' } }, { match: 'baseline' }, { record_type: 'TXT' }, { subdomain: 'x' }]) {
      expect((await editing.patch(uuid, { ...given, is_active: false })).body).toMatchObject(taken)
    }
    expect((await editing.patch(uuid, { expected_value: [] })).body).toMatchObject({ ...taken, expected_value: [] })
  })

  test('a baseline of another type takes a new one', async () => {
    const uuid = await editing.checked('TXT', ['one'], { match: 'baseline' })
    const { body } = await editing.patch(uuid, { record_type: 'A', is_active: false })
    expect(body).toMatchObject({ match: 'baseline', record_type: 'A', expected_value: [], state: 'UNSET' })
  })

  test('a taken baseline becomes an expectation', async () => {
    const uuid = await editing.checked('A', ['192.0.2.1'], { match: 'baseline' })
    expect((await editing.patch(uuid, { match: 'includes' })).body).toMatchObject({
      match: 'includes',
      expected_value: ['192.0.2.1'],
    })
  })
})
