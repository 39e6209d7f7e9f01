/** The pages of monitors: made, previewed, changed, looked at, and many at once, with plain forms. */
import { expect, test } from 'vitest'
import { startRadar } from '../../../../test/harness/radar.ts'
import { type Fields, type Page, visit } from './visitor.ts'

async function open(settings: Readonly<Record<string, string>> = {}) {
  const parts = new AsyncDisposableStack()
  const radar = parts.use(await startRadar({ settings: { DNSRADAR_CONFIRM: '0', ...settings } }))
  const visitor = visit({ address: radar.url })
  await visitor.signIn(radar.key)
  const make = (input: Parameters<typeof radar.client.createMonitorAndWait>[0]) =>
    radar.client.createMonitorAndWait(input)
  return { ...radar, visitor, make, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

const NEW: Fields = {
  full_domain: 'www.example.com',
  record_type: 'A',
  match: 'exact',
  expected_value: '192.0.2.1\r\n192.0.2.2\r\n',
  frequency: '30',
  notify: 'after_success',
  group: 'production',
  external_id: 'web-1',
  metadata: 'customer = Acme\r\nnote=a=b\r\nflag',
  do: 'create',
}

test('a record is watched by a form, and its page says how it stands', async () => {
  await using radar = await open()
  const page = await radar.visitor.post('/app/monitors/new', NEW)
  expect(page).toMatchObject({ status: 200, path: expect.stringMatching(/^\/app\/monitors\/mon_/) })
  expect(page.text).toContain('www.example.com is watched from now on.')
  const { data } = await radar.client.listMonitors()
  expect(data).toMatchObject([
    {
      domain: 'example.com',
      subdomain: 'www',
      expected_value: ['192.0.2.1', '192.0.2.2'],
      frequency: 30,
      notify: 'after_success',
      group: 'production',
      external_id: 'web-1',
      metadata: { customer: 'Acme', note: 'a=b', flag: '' },
    },
  ])
  expect((await radar.visitor.get(page.path)).text).not.toContain('is watched from now on')
})

const refused: readonly { why: string; typed: Fields; field: string; says: RegExp }[] = [
  { why: 'a name that is none', typed: { full_domain: 'no name' }, field: 'full_domain', says: /Name: / },
  {
    why: 'a value that is no address',
    typed: { expected_value: '192.0.2.1\n<b>x</b>' },
    field: 'expected_value',
    says: /Values: /,
  },
  { why: 'no value', typed: { expected_value: '' }, field: 'expected_value', says: /Values: / },
  {
    why: 'a type that there is not',
    typed: { record_type: 'SOA' },
    field: 'record_type',
    says: /Type: .*use one of A, AAAA/,
  },
  { why: 'a frequency that is no number', typed: { frequency: 'often' }, field: 'frequency', says: /Check: / },
  {
    why: 'a group that is no slug',
    typed: { group: 'Not A Slug' },
    field: 'group',
    says: /Group: "Not A Slug" is no group/,
  },
  {
    why: 'an external id with a space',
    typed: { external_id: 'a b' },
    field: 'external_id',
    says: /External id: is not accepted/,
  },
  {
    why: 'metadata that is too large',
    typed: { metadata: `a=${'x'.repeat(3000)}` },
    field: 'metadata',
    says: /Metadata: is larger than 2048/,
  },
]

test.for(refused)(
  '$why is refused beside its field in the words of the API, and what was typed stays',
  async ({ typed, field, says }) => {
    await using radar = await open()
    const sent = { ...NEW, ...typed }
    const page = await radar.visitor.post('/app/monitors/new', sent)
    expect(page).toMatchObject({ status: 400, path: '/app/monitors/new' })
    const error = new RegExp(`<p class="error" id="${field}-error">([^<]*)`).exec(page.html)?.[1] ?? ''
    expect(error).toMatch(new RegExp(says.source.replaceAll('"', '&quot;')))
    expect(page.html).toMatch(
      new RegExp(`id="${field}"[^>]*aria-describedby="${field}-error[^"]*" aria-invalid="true"`),
    )
    for (const name of ['full_domain', 'external_id', 'group'] as const) {
      expect(page.html).toContain(`id="${name}" name="${name}" type="text" value="${String(sent[name])}"`)
    }
    expect(page.html).toContain('<option value="after_success" selected>')
    expect((await radar.client.summary()).total).toBe(0)
  },
)

test('a preview says what the DNS holds and how it would be judged, and can be taken as the expectation', async () => {
  await using radar = await open()
  radar.dns.set('www.example.com', 'A', ['192.0.2.7', '192.0.2.8'])
  const look = await radar.visitor.post('/app/monitors/new', { ...NEW, do: 'preview' })
  expect(look.status).toBe(200)
  expect(previewIn(look)).toMatch(/192\.0\.2\.7 192\.0\.2\.8 It would be Mismatch/)
  expect(previewIn(look)).toMatch(/192\.0\.2\.1 is missing/)
  const taken = await radar.visitor.post('/app/monitors/new', { ...NEW, do: 'use' })
  expect(taken.html).toContain('>\n192.0.2.7\n192.0.2.8</textarea>')
  expect(previewIn(taken)).toMatch(/It would be Valid/)
  expect((await radar.client.summary()).total).toBe(0)
})

test('of the TXT records of a name only the policy is offered to an SPF monitor', async () => {
  await using radar = await open()
  radar.dns.set('example.com', 'TXT', ['hello', 'v=spf1 -all'])
  const taken = await radar.visitor.post('/app/monitors/new', {
    ...NEW,
    full_domain: 'example.com',
    record_type: 'SPF',
    do: 'use',
  })
  expect(taken.html).toContain('>\nv=spf1 -all</textarea>')
})

test.for([
  {
    why: 'a name that there is not',
    name: 'gone.example.com',
    says: /There is no such record\. It would be Not found/,
  },
  { why: 'a server that fails', name: 'broken.example.com', says: /It would be Invalid/ },
  { why: 'a name that is none', name: 'no name', says: /Name/ },
  { why: 'no name', name: '', says: /Type a name to see its record/ },
])('a preview of $why says so', async ({ name, says }) => {
  await using radar = await open()
  radar.dns.behave('broken.example.com', { kind: 'rcode', rcode: 2 })
  const page = await radar.visitor.post('/app/monitors/new', { ...NEW, full_domain: name, do: 'preview' })
  expect(previewIn(page)).toMatch(says)
})

function previewIn({ html }: Page): string {
  const [, part = ''] = /<div id="preview"[^>]*>(.*?)<\/div>\s*<\/div>\s*<details/s.exec(html) ?? []
  return part
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

test('the page of a monitor shows what changed word by word, in which state it is and who said so', async () => {
  await using radar = await open()
  radar.dns.set('example.com', 'TXT', ['v=spf1 include:a.example ~all'])
  const { uuid } = await radar.make({
    full_domain: 'example.com',
    record_type: 'SPF',
    expected_value: 'v=spf1 include:a.example ~all',
    is_exact_match: true,
  })
  radar.dns.set('example.com', 'TXT', [
    'v=spf1 include:a.example include:b.example ~all',
    '"><script>alert(1)</script>',
  ])
  const page = await radar.visitor.post(`/app/monitors/${uuid}/check`)
  expect(page.path).toBe(`/app/monitors/${uuid}`)
  expect(page.text).toContain('Checked just now: mismatch.')
  expect(page.html).toMatch(/include:a\.example <ins>include:b\.example <\/ins>~all/)
  expect(page.html).toContain('<code>include:b.example</code> is extra')
  expect(page.text).toContain(radar.dns.address)
  expect(page.html).not.toContain('<script>alert')
  expect(page.html).toContain('&quot;&gt;&lt;script&gt;alert(1)')
})

test('what is there now is accepted with one button, which is there only when it helps', async () => {
  await using radar = await open()
  radar.dns.set('www.example.com', 'A', ['192.0.2.7'])
  const { uuid } = await radar.make({ full_domain: 'www.example.com', record_type: 'A', expected_value: '192.0.2.1' })
  const path = `/app/monitors/${uuid}`
  expect((await radar.visitor.get(path)).html).toContain('Accept current value')
  expect((await radar.visitor.post(`${path}/accept`)).text).toContain('What is there now is expected from now on.')
  expect(await radar.client.getMonitor(uuid)).toMatchObject({ expected_value: ['192.0.2.7'] })
  await expect.poll(async () => (await radar.client.getMonitor(uuid)).state).toBe('VALID')
  expect((await radar.visitor.get(path)).html).not.toContain('Accept current value')
})

test('an edit sends what was changed and nothing else', async () => {
  await using radar = await open()
  radar.dns.set('example.com', 'TXT', ['two\nlines'])
  const made = await radar.make({
    full_domain: 'example.com',
    record_type: 'TXT',
    expected_value: 'two\nlines',
    metadata: { 'a=b': ' padded ' },
  })
  const path = `/app/monitors/${made.uuid}`
  const form = fieldsIn(await radar.visitor.get(`${path}/edit`))
  expect((await radar.visitor.post(`${path}/edit`, form)).text).toContain('Nothing was changed.')
  expect((await radar.visitor.post(`${path}/edit`, { ...form, frequency: '120' })).text).toContain('Saved.')
  const after = await radar.client.getMonitor(made.uuid)
  expect(after).toMatchObject({ frequency: 120, expected_value: ['two\nlines'], metadata: { 'a=b': ' padded ' } })
  const wrong = await radar.visitor.post(`${path}/edit`, { ...form, external_id: 'a b' })
  expect(wrong.status).toBe(400)
  expect(wrong.text).toContain('External id: is not accepted')
})

/** What a browser would send of the form as it is. */
function fieldsIn({ html }: Page): Record<string, string> {
  const [, form = ''] = /<form class="medium"[^>]*>(.*?)<\/form>/s.exec(html) ?? []
  const inputs = [...form.matchAll(/<input [^>]*name="([^"]*)"[^>]* value="([^"]*)"/g)]
  const areas = [...form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n(.*?)<\/textarea>/gs)]
  const selects = [...form.matchAll(/<select [^>]*name="([^"]*)".*?value="([^"]*)" selected/gs)]
  return Object.fromEntries([...inputs, ...areas, ...selects].map(([, name = '', value = '']) => [name, value]))
}

test('a monitor is disabled, enabled, and deleted only after it was asked whether that is meant', async () => {
  await using radar = await open()
  const { uuid } = await radar.make({ full_domain: 'www.example.com', record_type: 'A', expected_value: '192.0.2.1' })
  const path = `/app/monitors/${uuid}`
  expect((await radar.visitor.post(`${path}/disable`)).text).toContain('It is not checked while it is disabled.')
  expect((await radar.visitor.post(`${path}/check`)).text).toMatch(/is disabled/)
  expect((await radar.visitor.post(`${path}/enable`)).text).toContain('It is checked again.')
  expect((await radar.visitor.get(`${path}/delete`)).text).toContain('Delete www.example.com A?')
  expect((await radar.client.summary()).total).toBe(1)
  expect(await radar.visitor.post(`${path}/delete`)).toMatchObject({ path: '/app/monitors' })
  expect((await radar.client.summary()).total).toBe(0)
})

test('the page of who says what has every server, and says when they do not agree', async () => {
  await using radar = await open()
  radar.dns.set('www.example.com', 'A', ['192.0.2.1'])
  const { uuid } = await radar.make({ full_domain: 'www.example.com', record_type: 'A', expected_value: '192.0.2.1' })
  const page = await radar.visitor.get(`/app/monitors/${uuid}/propagation`)
  expect(page.text).toContain('All who know say the same.')
  expect(page.text).toContain(`${radar.dns.address} resolver · UDP`)
})

test('the list is filtered, searched and turned page by page', async () => {
  await using radar = await open()
  await radar.client.createMonitors({
    monitors: Array.from({ length: 60 }, (_, index) => ({
      full_domain: `host${index}.example.com`,
      record_type: 'A',
      expected_value: '192.0.2.1',
      group: index < 3 ? 'few' : 'many',
    })),
  })
  const { visitor } = radar
  const first = await visitor.get('/app/monitors')
  expect(namesIn(first)).toHaveLength(50)
  expect(namesIn(first)[0]).toBe('host59.example.com')
  const [, next = ''] = /<a href="([^"]*)">Next/.exec(first.html) ?? []
  const second = await visitor.get(next.replaceAll('&amp;', '&'))
  expect(namesIn(second)).toEqual(Array.from({ length: 10 }, (_, index) => `host${9 - index}.example.com`))
  expect(namesIn(await visitor.get('/app/monitors?group=few'))).toHaveLength(3)
  expect(namesIn(await visitor.get('/app/monitors?q=host42&state=&record_type=&group=&is_active='))).toEqual([
    'host42.example.com',
  ])
  expect((await visitor.get('/app/monitors?state=VALID&q=nothing')).text).toContain('No monitor is like that')
  const wrong = await visitor.get('/app/monitors?group=Not+A+Slug&q=%22%3E%3Cb%3E')
  expect(wrong).toMatchObject({ status: 400 })
  expect(wrong.text).toContain('Group "Not A Slug" is no group')
  expect(wrong.html).toContain('value="&quot;&gt;&lt;b&gt;"')
})

function namesIn({ html }: Page): string[] {
  return [...html.matchAll(/<th scope="row"><a href="[^"]*">([^<]*)/g)].map(([, name = '']) => name)
}

test('several monitors are checked, moved, disabled and deleted at once', async () => {
  await using radar = await open()
  const { data } = await radar.client.createMonitors({
    monitors: ['a', 'b', 'c'].map((host) => ({
      full_domain: `${host}.example.com`,
      record_type: 'A',
      expected_value: '192.0.2.1',
    })),
  })
  const id = data.map(({ uuid }) => uuid)
  const back = '/app/monitors?state=NOT_FOUND'
  const act = (fields: Fields) => radar.visitor.post('/app/monitors/bulk', { back, ...fields })
  expect((await act({ do: 'check', id })).text).toContain('3 monitors checked.')
  expect((await act({ do: 'move', id, to: 'elsewhere' })).text).toContain('3 monitors moved.')
  expect((await act({ do: 'disable', id: id.slice(0, 2) })).text).toContain('2 monitors disabled.')
  const partly = await act({ do: 'check', id })
  expect(partly.path).toBe(back)
  expect(partly.text).toMatch(/1 monitor checked\. 2 were refused: .*disabled/)
  expect((await radar.client.listMonitors({ group: 'elsewhere', is_active: false })).data).toHaveLength(2)
  const asked = await act({ do: 'delete', id })
  expect(asked.text).toContain('Delete 3 monitors?')
  await radar.client.deleteMonitor(id[0] ?? '')
  expect((await act({ do: 'delete', sure: 'true', id })).text).toMatch(
    /2 monitors deleted\. 1 was refused: There is no monitor/,
  )
  expect((await radar.client.summary()).total).toBe(0)
})

test.for([
  { why: 'nothing is ticked', fields: { do: 'delete', sure: 'true' }, says: 'tick some monitors first' },
  { why: 'what is ticked has no id', fields: { do: 'check', id: ['', '..'] }, says: 'tick some monitors first' },
  { why: 'no group is typed', fields: { do: 'move', id: 'mon_x', to: ' ' }, says: 'type the group' },
  { why: 'it is no action', fields: { do: 'constructor', id: 'mon_x' }, says: 'tick some monitors first' },
])('nothing is done with several monitors when $why', async ({ fields, says }) => {
  await using radar = await open()
  const page = await radar.visitor.post('/app/monitors/bulk', { back: '//evil.example', ...fields })
  expect(page.path).toBe('/app')
  expect(page.text).toContain(`Nothing was done: ${says}`)
})

test('the overview counts by state and shows the problems first', async () => {
  await using radar = await open()
  radar.dns.set('good.example.com', 'A', ['192.0.2.1'])
  radar.dns.set('wrong.example.com', 'A', ['192.0.2.9'])
  for (const host of ['good', 'wrong', 'gone']) {
    await radar.make({ full_domain: `${host}.example.com`, record_type: 'A', expected_value: '192.0.2.1' })
  }
  const { text } = await radar.visitor.get('/app')
  expect(text).toMatch(/1 Mismatch 1 Not found 0 Invalid 0 Timeout 1 Valid 3 monitors/)
  expect(text).toMatch(
    /Problems Mismatch wrong\.example\.com A 192\.0\.2\.1 is missing ?\..* Not found gone\.example\.com/,
  )
  expect(text).not.toMatch(/Problems.*good\.example\.com.*Latest events/)
})

test('a delivery leads to the page of its monitor when the public address is known', async () => {
  await using radar = await open({ DNSRADAR_PUBLIC_URL: 'https://radar.example.com' })
  await radar.client.createWebhook({ url: radar.receiver.url, source: 'n8n' })
  const { uuid } = await radar.make({ full_domain: 'www.example.com', record_type: 'A', expected_value: '192.0.2.1' })
  const [received] = await radar.receiver.waitFor(1)
  expect(JSON.parse(received?.body ?? '')).toMatchObject({
    context: { url: `https://radar.example.com/app/monitors/${uuid}` },
  })
})
