/** The daily work from the command line: what is printed, for people and for programs. */
import { describe, expect, test, vi } from 'vitest'
import { runCommand } from '../harness/command-line.ts'
import { golden, openDesk } from '../harness/desk.ts'

describe('monitors', () => {
  test('are shown as a table, or as the objects of the wire', async () => {
    await using desk = await openDesk()
    desk.radar.dns.set('www.example.com', 'CNAME', ['proxy.example.net'])
    const made = await desk.read(
      'monitors',
      'create',
      'www.example.com',
      'CNAME',
      '--expect',
      'proxy.example.net',
      '--wait',
    )
    await desk.read('monitors', 'create', 'example.com', 'A', '--expect', '192.0.2.1', '--wait', '--group', 'customers')
    expect(golden((await desk.run('monitors', 'list')).stdout)).toMatchInlineSnapshot(`
      "ID                              STATE      NAME             TYPE   NOW                GROUP      LAST LOOK
      mon_00000000000000000000000000  VALID      www.example.com  CNAME  proxy.example.net  default    2026-01-08T10:35:22Z
      mon_00000000000000000000000000  NOT_FOUND  example.com      A      -                  customers  2026-01-08T10:35:22Z"
    `)
    const listed = await desk.read<object[]>('monitors', 'list', '--state', 'VALID')
    const { check, ...alone } = await desk.radar.client.getMonitor(String(made['uuid']))
    expect(check).toMatchObject({ state: 'VALID' })
    expect(listed).toEqual([alone])
  })

  test('a whole life: create, look, break, accept, change, disable, delete', async () => {
    await using desk = await openDesk({ DNSRADAR_CONFIRM: '0' })
    const { dns } = desk.radar
    dns.set('example.com', 'MX', ['10 mx.example.net'])
    const { uuid } = await desk.read<{ uuid: string }>(
      ...'monitors create example.com MX --metadata customer=42 plan=gold --external-id mail --expect'.split(' '),
      '10 mx.example.net',
    )
    expect(await desk.read('monitors', 'check', uuid)).toMatchObject({
      state: 'VALID',
      metadata: { customer: '42', plan: 'gold' },
    })
    dns.set('example.com', 'MX', ['10 mx.example.org'])
    expect(await desk.read('monitors', 'check', uuid)).toMatchObject({ state: 'MISMATCH' })
    expect(golden((await desk.run('events', 'list')).stdout)).toMatchInlineSnapshot(`
      "ID                              TIME                  NAME         TYPE  FROM   TO        WHY
      evt_00000000000000000000000000  2026-01-08T10:35:22Z  example.com  MX    VALID  MISMATCH  \`10 mx.example.net\` is missing. \`10 mx.example.org\` is extra."
    `)
    expect(await desk.read('monitors', 'accept', uuid)).toMatchObject({ expected_value: ['10 mx.example.org'] })
    expect(await desk.read('monitors', 'update', uuid, '--frequency', '5', '--external-id', '')).toMatchObject({
      frequency: 5,
      external_id: null,
    })
    expect(await desk.read('monitors', 'disable', uuid)).toMatchObject({ is_active: false })
    expect(await desk.read('summary')).toMatchObject({ total: 1, inactive: 1 })
    expect(await desk.run('monitors', 'delete', uuid)).toMatchObject({ code: 0, stdout: 'Deleted.\n' })
    expect(await desk.read('monitors', 'list')).toEqual([])
  })

  test('several ids are one command', async () => {
    await using desk = await openDesk()
    const ids: string[] = []
    for (const name of ['a.example.com', 'b.example.com']) {
      const { uuid } = await desk.read<{ uuid: string }>('monitors', 'create', name, 'A', '--match', 'absent')
      ids.push(uuid)
    }
    expect(await desk.read('monitors', 'disable', ...ids)).toMatchObject([{ is_active: false }, { is_active: false }])
  })

  test('a long list is read to its end with --all, and says so without it', async () => {
    await using desk = await openDesk()
    const monitors = Array.from({ length: 130 }, (_, at) => ({
      full_domain: `n${at}.example.com`,
      record_type: 'A' as const,
      match: 'absent' as const,
      is_active: false,
    }))
    await desk.radar.client.createMonitors({ monitors })
    expect(await desk.read<object[]>('monitors', 'list', '--all')).toHaveLength(130)
    expect(await desk.read<object[]>('monitors', 'list', '--limit', '130')).toHaveLength(130)
    const some = await desk.run('monitors', 'list', '--limit', '101')
    expect(some.stdout.trimEnd().split('\n')).toHaveLength(1 + 101)
    expect(some.stderr).toMatch(/^There is more: --all .* --after mon_\w{26} /)
    const after = /mon_\w{26}/.exec(some.stderr)?.[0] ?? ''
    expect(await desk.read<object[]>('monitors', 'list', '--after', after, '--limit', '50')).toHaveLength(130 - 101)
  })
})

test('one object is shown member by member, with what it holds below', async () => {
  await using desk = await openDesk()
  desk.radar.dns.set('www.example.com', 'A', ['192.0.2.1'])
  const { uuid } = await desk.read<{ uuid: string }>(
    'monitors',
    'create',
    'www.example.com',
    'A',
    '--expect',
    '192.0.2.1',
    '--wait',
  )
  const shown = golden((await desk.run('monitors', 'get', uuid)).stdout).replaceAll(/(duration_ms +)\d+/g, '$10')
  expect(
    shown
      .split('\n\n')
      .slice(0, 2)
      .join('\n\n')
      .replaceAll(/next_check .*/g, 'next_check …'),
  ).toMatchInlineSnapshot(`
    "uuid             mon_00000000000000000000000000
    created          2026-01-08T10:35:22Z
    domain           example.com
    subdomain        www
    record_type      A
    expected_value   192.0.2.1
    current_value    192.0.2.1
    is_exact_match   true
    state            VALID
    incidence_count  0
    last_checked     2026-01-08T10:35:22Z
    is_active        true
    frequency        60
    match            exact
    notify           immediately
    group            default
    external_id      -
    metadata         -
    updated          2026-01-08T10:35:22Z
    next_check …
    reasons          -
    pending_state    -

    check
      state          VALID
      confirmed      true
      pending_state  -
      reasons        -
      values         192.0.2.1
      ttl            300
      rcode          NOERROR
      chain          -
      duration_ms    0"
  `)
})

test('webhooks are made, tested and looked into', async () => {
  await using desk = await openDesk()
  const { receiver } = desk.radar
  const made = await desk.read(
    'webhooks',
    'create',
    receiver.url,
    '--secret',
    's3cret',
    '--header',
    'X-Team=dns',
    '--timeout',
    '3',
  )
  expect(made).toMatchObject({ headers: { 'X-Team': 'dns' }, timeout_seconds: 3, has_secret: true })
  const webhook = String(made['uuid'])
  const tested = await desk.read('webhooks', 'test', webhook)
  expect(tested).toMatchObject({ kind: 'test', webhook_uuid: webhook })
  expect((await receiver.next()).headers['x-team']).toBe('dns')
  const request = String(tested['uuid'])
  await vi.waitFor(async () =>
    expect(await desk.read('requests', 'get', webhook, request)).toMatchObject({
      status: 'DELIVERED',
      attempts: [{ number: 1, status_code: 200 }],
    }),
  )
  expect(golden((await desk.run('requests', 'list', webhook)).stdout)).toMatchInlineSnapshot(`
    "ID                                   STATUS     KIND  CREATED               ANSWER  RETRIES  NEXT TRY
    req_test_00000000000000000000000000  DELIVERED  test  2026-01-08T10:35:22Z  200     0        -"
  `)
})

test('keys are made over the API too', async () => {
  await using desk = await openDesk()
  const made = await desk.read('keys', 'create', '--name', 'dashboard', '--scopes', 'read', '--remote')
  expect(made).toMatchObject({ name: 'dashboard', scopes: ['read'], key: expect.stringMatching(/^sk_/) })
  const reader = { DNSRADAR_URL: desk.radar.url, DNSRADAR_TOKEN: String(made['key']) }
  expect(await runCommand(['monitors', 'create', 'example.com', 'A', '--match', 'absent'], reader)).toMatchObject({
    code: 4,
    stdout: '',
    stderr: expect.stringMatching(/^dnsradar: .*write.*\n$/),
  })
  expect(await desk.read('keys', 'revoke', String(made['uuid']), '--remote')).toEqual({
    uuid: made['uuid'],
    revoked: true,
  })
  expect(await runCommand(['me'], reader)).toMatchObject({ code: 4 })
})

describe('what a zone says is shown and not obeyed', () => {
  const EVIL = 'v=x \u001b[2J\u001b]0;owned\u0007 \u009b31m \u202eend'

  test.for([
    { command: 'the list', args: (): string[] => ['monitors', 'list'] },
    { command: 'one monitor', args: (uuid: string): string[] => ['monitors', 'get', uuid] },
    { command: 'its JSON', args: (uuid: string): string[] => ['monitors', 'get', uuid, '--json'] },
    { command: 'events', args: (): string[] => ['events', 'list'] },
    { command: 'a look-up', args: (): string[] => ['lookup', 'evil.example.com', 'TXT'] },
    { command: 'a check', args: (): string[] => ['check', 'evil.example.com', 'TXT', '--expect', 'x'] },
    { command: 'a discovery', args: (): string[] => ['watch', 'evil.example.com', '--dry-run'] },
  ])('in $command', async ({ args }) => {
    await using desk = await openDesk({ DNSRADAR_CONFIRM: '0' })
    const { client, dns } = desk.radar
    dns.set('evil.example.com', 'TXT', [EVIL])
    const { uuid } = await client.createMonitorAndWait({
      full_domain: 'evil.example.com',
      record_type: 'TXT',
      expected_value: 'x',
    })
    const { stdout, stderr } = await desk.run(
      ...args(uuid),
      ...(args(uuid)[0] === 'check' ? ['--resolver', dns.address] : []),
    )
    expect(stdout).toContain('owned')
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

test('lookup exits 1 when the servers do not agree', async () => {
  await using desk = await openDesk()
  await using other = await openDesk()
  desk.radar.dns.set('example.com', 'A', ['192.0.2.1'])
  other.radar.dns.set('example.com', 'A', ['192.0.2.2'])
  const both = ['--resolver', desk.radar.dns.address, other.radar.dns.address]
  const ran = await desk.run('lookup', 'example.com', 'A', ...both)
  expect(ran.code).toBe(1)
  expect(ran.stdout).toContain('They do not agree.')
  other.radar.dns.set('example.com', 'A', ['192.0.2.1'])
  expect(await desk.run('lookup', 'example.com', 'A', ...both)).toMatchObject({ code: 0 })
})
