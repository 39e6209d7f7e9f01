/** Monitors come from a zone file, a table, a living name and other programs, and nothing is imported by halves. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand, settingsFor } from '../harness/command-line.ts'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { type Radar, startRadar } from '../harness/radar.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dnsradar-import-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

function importing(radar: Radar, ...args: readonly string[]) {
  return runCommand(['import', ...args], settingsFor(radar))
}

async function namesOn({ client }: Radar): Promise<readonly string[]> {
  const { data } = await client.listMonitors({ limit: 100 })
  return data.map(
    ({ domain, subdomain, record_type }) => `${subdomain === null ? '' : `${subdomain}.`}${domain} ${record_type}`,
  )
}

const ZONE = `$ORIGIN example.com.
$TTL 1h
@       IN SOA ns1 hostmaster ( 2026112201 7200 3600 1209600 300 )
        IN NS  ns1
        IN MX  10 mail
        IN TXT "v=spf1 mx -all"
ns1     IN A   192.0.2.1
mail    IN A   192.0.2.2
www 300 IN A   192.0.2.3
        IN A   192.0.2.4
k1._domainkey IN TXT ( "v=DKIM1; k=rsa; "
                       "p=abc" )
_sip._tcp IN SRV 1 2 5060 sip
`

const SHOWN = `NAME                       TYPE  MATCH  EXPECTED               GROUP
example.com                NS    exact  ns1.example.com        default
example.com                MX    exact  10 mail.example.com    default
example.com                TXT   exact  v=spf1 mx -all         default
ns1.example.com            A     exact  192.0.2.1              default
mail.example.com           A     exact  192.0.2.2              default
www.example.com            A     exact  192.0.2.3, 192.0.2.4   default
k1._domainkey.example.com  TXT   exact  v=DKIM1; k=rsa; p=abc  default
left out: example.com SOA (line 3): its serial changes with every edit of the zone
left out: _sip._tcp.example.com SRV (line 13): records of type SRV cannot be watched
7 monitors to create, 0 there already, 2 left out.
Nothing was made: this was a dry run.
`

describe.each(ENGINES)('a zone file on %s', (engine) => {
  test('is shown first, made when it is wanted, judged as it says, and makes nothing the second time', async () => {
    await using radar = await startRadar({ database: await databasesOn(engine)() })
    radar.dns.set('www.example.com', 'A', ['192.0.2.4', '192.0.2.3'])
    radar.dns.set('k1._domainkey.example.com', 'TXT', [['v=DKIM1; k=rsa; ', 'p=abc']])
    const zone = await file('example.com.db', ZONE)

    const shown = await importing(radar, 'zone', zone, '--dry-run')
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    expect(shown.stdout).toBe(SHOWN)
    expect(shown.stdout).toContain('left out: example.com SOA (line 3): its serial changes with every edit of the zone')
    const unasked = await importing(radar, 'zone', zone)
    expect(unasked.code).toBe(2)
    expect(unasked.stderr).toContain('--yes')
    expect(await namesOn(radar)).toEqual([])

    const made = await importing(radar, 'zone', zone, '--group', 'zones', '--frequency', '30', '--yes')
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(made.stdout).toContain('Created 7 monitors.')
    expect(await namesOn(radar)).toEqual([
      'example.com NS',
      'example.com MX',
      'example.com TXT',
      'ns1.example.com A',
      'mail.example.com A',
      'www.example.com A',
      'k1._domainkey.example.com TXT',
    ])
    await expect
      .poll(async () =>
        (await radar.client.listMonitors({ group: 'zones', state: 'VALID' })).data.map(({ subdomain }) => subdomain),
      )
      .toEqual(['www', 'k1._domainkey'])

    const again = await importing(radar, 'zone', zone, '--group', 'zones', '--yes')
    expect(again.stdout).toContain('0 monitors to create, 7 there already')
    expect(await namesOn(radar)).toHaveLength(7)
  })

  test('more than a request takes goes in batches, and an error in the last row leaves nothing behind', async () => {
    await using radar = await startRadar({ database: await databasesOn(engine)() })
    const rows = Array.from({ length: 2_400 }, (_, at) => `host-${at}.example.com,A,192.0.2.1,false`)
    const header = 'name,type,value,is_active'
    const broken = await file('broken.csv', [header, ...rows, 'late.example.com,A,nothing,false'].join('\n'))
    const refused = await importing(radar, 'csv', broken, '--yes')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(`${broken}:2402:3: "nothing" is not an IPv4 address`)
    expect(refused.stderr).toContain('nothing was imported')
    expect((await radar.client.summary()).total).toBe(0)

    const whole = await file('whole.csv', [header, ...rows].join('\n'))
    const made = await importing(radar, 'csv', whole, '--yes', '--json')
    expect(JSON.parse(made.stdout)).toMatchObject({ existing: 0, left_out: [], created: { length: 2_400 } })
    expect((await radar.client.summary()).total).toBe(2_400)
    const again = await importing(radar, 'csv', whole, '--yes', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ create: [], existing: 2_400, created: [] })
  })
})

test('what the server refuses is told with the line of the file', async () => {
  await using radar = await startRadar()
  await radar.client.createMonitor({
    domain: 'a.example',
    record_type: 'A',
    expected_value: '192.0.2.9',
    external_id: 'x',
  })
  const table = await file(
    'taken.csv',
    'name,type,value,external_id\nfree.example,A,192.0.2.1,y\nb.example,A,192.0.2.1,x\n',
  )
  const refused = await importing(radar, 'csv', table, '--yes')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toMatch(/taken\.csv:3:1: .*external id of another monitor/)
  expect((await radar.client.summary()).total).toBe(1)
})

test('a plan that has no room for all of it takes none of it', async () => {
  await using radar = await startRadar({ settings: { DNSRADAR_PLAN: 'free' } })
  const rows = Array.from({ length: 51 }, (_, at) => `host-${at}.example.com,A,192.0.2.1`)
  const table = await file('many.csv', ['name,type,value', ...rows].join('\n'))
  const refused = await importing(radar, 'csv', table, '--yes')
  expect(refused.code).toBe(5)
  expect(refused.stderr).toContain('allows 50 monitors')
  expect((await radar.client.summary()).total).toBe(0)
})

test('a living name: what it has now is the baseline', async () => {
  await using radar = await startRadar()
  radar.dns.set('example.com', 'MX', ['10 mail.example.com'])
  radar.dns.set('_dmarc.example.com', 'TXT', ['v=DMARC1; p=reject'])
  radar.dns.set('www.example.com', 'CNAME', ['cdn.example.net'])
  radar.dns.set('cdn.example.net', 'A', ['198.51.100.1'])
  const made = await importing(radar, 'name', 'example.com', '--yes')
  expect(made.code).toBe(0)
  expect(await namesOn(radar)).toEqual(['example.com MX', 'www.example.com CNAME', '_dmarc.example.com TXT'])
  await expect
    .poll(async () => (await radar.client.listMonitors()).data.map(({ state, match }) => `${match} ${state}`))
    .toEqual(['baseline VALID', 'baseline VALID', 'baseline VALID'])
})

test('coming from Uptime Kuma and from Gatus: what has no like here is named', async () => {
  await using radar = await startRadar()
  const dns = { type: 'dns', hostname: 'example.com', dns_resolve_type: 'A', interval: 60 }
  const conditions = [{ type: 'expression', variable: 'record', operator: 'equals', value: '192.0.2.1', andOr: 'and' }]
  const monitorList = [
    { ...dns, name: 'site', conditions },
    { type: 'http', name: 'page' },
  ]
  const kuma = await file('kuma.json', JSON.stringify({ monitorList }))
  const fromKuma = await importing(radar, 'uptime-kuma', kuma, '--yes')
  expect(fromKuma.stdout).toContain('left out: "page" (line 1): it is of type "http", and only dns is about records')
  const gatus = await file(
    'gatus.yaml',
    'endpoints:\n  - name: mail\n    dns: { query-name: example.com, query-type: MX }\n    conditions: ["[BODY] == mx.example.com."]\n',
  )
  expect(await importing(radar, 'gatus', gatus, '--yes')).toMatchObject({ code: 0 })
  expect(await namesOn(radar)).toEqual(['example.com A', 'example.com MX'])
})

test.for<[why: string, args: readonly string[], code: number, says: RegExp]>([
  ['a file that is not there', ['zone', '/nowhere/zone.db'], 2, /no such file/],
  ['a name that is none', ['name', 'https://example.com/'], 2, /is not a domain but a URL/],
  ['a source that is none', ['bind', 'zone.db'], 2, /unknown command/],
  ['a frequency that is none', ['csv', 'FILE', '--frequency', '7'], 2, /frequency 7 is not offered/],
  ['a frequency that is no number', ['csv', 'FILE', '--frequency', 'often'], 2, /--frequency "often" is no number of/],
])('%s ends the command with one line', async ([, args, code, says]) => {
  await using radar = await startRadar()
  const table = await file('one.csv', 'name,type,value\na.example,A,192.0.2.1\n')
  const ended = await importing(radar, ...args.map((arg) => (arg === 'FILE' ? table : arg)))
  expect(ended.code).toBe(code)
  expect(ended.stderr).toMatch(says)
})
