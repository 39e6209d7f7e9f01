/**
 * The resolver against name servers that other people wrote: NSD as a zone's server, unbound as a recursive one.
 *
 * They are asked over every transport they offer, so that what holds against the harness's own server is known to hold
 * where it counts.
 */
import { randomBytes } from 'node:crypto'
import { systemClock } from '@dnsradar/core/clock'
import type { Answer, Question } from '@dnsradar/core/dns/answer'
import type { RecordType } from '@dnsradar/core/record-types'
import { createResolver } from '@dnsradar/core/resolve/resolver'
import { parseUpstream } from '@dnsradar/core/resolve/upstream'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findProgram, type NameServer, startNsd, startUnbound } from '../harness/name-servers.ts'
import { SILENT } from '../harness/silent-log.ts'
import { TEST_CERTIFICATE } from '../harness/tls-certificate.ts'

const ZONE = 'lab.example'
/** A stub whose server does not know the zone. */
const BROKEN = 'broken.example'
const BUDGET = { budgetMs: 10_000, fresh: true }

const DKIM_KEY = 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA'.repeat(9)
const LONG_TEXT = 'abcdefghij'.repeat(50)
/** Together far more than a datagram of 1,232 octets. */
const MANY_TEXTS = Array.from({ length: 30 }, (_, at) => `record ${String(at).padStart(2, '0')} ${'x'.repeat(90)}`)

const ZONE_FILE = `
$TTL 300
@        SOA   ns1 hostmaster 1 3600 600 86400 60
@        NS    ns1
@        NS    ns2.elsewhere.example.
@        MX    20 mx2
@        MX    10 MX1.Mail.Example.
@        CAA   0 issue "ca.example"
@        CAA   128 issuewild ";"
@        TXT   "v=spf1 ip4:192.0.2.0/24 " "include:_spf.example -all"
ns1      A     127.0.0.1
www      A     192.0.2.1
www      A     198.51.100.7
www      AAAA  2001:db8:0:0:0:0:0:1
nomail   MX    0 .
alias    CNAME www
chain1   CNAME chain2
chain2   120 CNAME chain3
chain3   CNAME www
dangling CNAME nowhere
ptr      PTR   Host.Example.
deep.below.empty A 192.0.2.9
*.wild   A     192.0.2.8
long     TXT   ${inStrings(LONG_TEXT)}
key._domainkey TXT ${inStrings(`v=DKIM1; k=rsa; p=${DKIM_KEY}`)}
_dmarc   TXT   "v=DMARC1; p=reject; rua=mailto:dmarc@lab.example"
octets   TXT   "gr\\195\\188n" "\\255" "a \\"quote\\" and a \\\\"
dotted   CNAME a\\.b.example.
${MANY_TEXTS.map((text) => `many TXT "${text}"`).join('\n')}
`

/** Zone-file text in character-strings of at most 255 octets. */
function inStrings(text: string): string {
  return (text.match(/.{1,255}/g) ?? []).map((piece) => `"${piece}"`).join(' ')
}

interface Case {
  readonly why: string
  readonly name: string
  readonly type: RecordType
  readonly expected: object
}

function records(...texts: readonly string[]): object {
  return { kind: 'rrset', records: texts.map((text) => ({ text })) }
}

const cases: Case[] = [
  { why: 'A records are a sorted set', name: 'www', type: 'A', expected: records('192.0.2.1', '198.51.100.7') },
  { why: 'AAAA is shown as RFC 5952 has it', name: 'www', type: 'AAAA', expected: records('2001:db8::1') },
  { why: 'CNAME', name: 'alias', type: 'CNAME', expected: records('www.lab.example') },
  {
    why: 'MX has its priorities and lower case',
    name: '',
    type: 'MX',
    expected: records('10 mx1.mail.example', '20 mx2.lab.example'),
  },
  { why: 'a null MX', name: 'nomail', type: 'MX', expected: records('0 .') },
  { why: 'NS', name: '', type: 'NS', expected: records('ns1.lab.example', 'ns2.elsewhere.example') },
  { why: 'PTR', name: 'ptr', type: 'PTR', expected: records('host.example') },
  {
    why: 'CAA has its flags, its tag and its value in quotes',
    name: '',
    type: 'CAA',
    expected: records('0 issue "ca.example"', '128 issuewild ";"'),
  },
  {
    why: 'the strings of a TXT record are joined with nothing between them',
    name: '',
    type: 'TXT',
    expected: records('v=spf1 ip4:192.0.2.0/24 include:_spf.example -all'),
  },
  { why: 'a TXT record longer than one string', name: 'long', type: 'TXT', expected: records(LONG_TEXT) },
  {
    why: 'a DKIM key in several strings',
    name: 'key._domainkey',
    type: 'TXT',
    expected: records(`v=DKIM1; k=rsa; p=${DKIM_KEY}`),
  },
  {
    why: 'a DMARC policy',
    name: '_dmarc',
    type: 'TXT',
    expected: records('v=DMARC1; p=reject; rua=mailto:dmarc@lab.example'),
  },
  {
    why: 'octets that are no text are escaped',
    name: 'octets',
    type: 'TXT',
    expected: records('grün\\255a "quote" and a \\'),
  },
  { why: 'a dot inside a label is escaped', name: 'dotted', type: 'CNAME', expected: records('a\\.b.example') },
  {
    why: 'an alias is followed, and the smallest TTL of the way counts',
    name: 'chain1',
    type: 'A',
    expected: {
      ...records('192.0.2.1', '198.51.100.7'),
      evidence: { chain: ['chain2.lab.example', 'chain3.lab.example', 'www.lab.example'] },
    },
  },
  {
    why: 'an alias to nothing',
    name: 'dangling',
    type: 'A',
    expected: { kind: 'dangling_alias', evidence: { chain: ['nowhere.lab.example'] } },
  },
  {
    why: 'an alias to nothing is still a CNAME',
    name: 'dangling',
    type: 'CNAME',
    expected: records('nowhere.lab.example'),
  },
  {
    why: 'a missing name',
    name: 'missing',
    type: 'A',
    expected: { kind: 'nxdomain', evidence: { rcode: 'NXDOMAIN' } },
  },
  { why: 'a name without this type', name: 'nomail', type: 'A', expected: { kind: 'nodata', flattened: false } },
  {
    why: 'addresses where an alias is asked for',
    name: 'www',
    type: 'CNAME',
    expected: { kind: 'nodata', flattened: true },
  },
  { why: 'a name that only has names below it exists', name: 'empty', type: 'A', expected: { kind: 'nodata' } },
  { why: 'a wildcard', name: 'anything.wild', type: 'A', expected: records('192.0.2.8') },
]

/** A way to ask. */
const lanes: { why: string; of: 'nsd' | 'unbound'; transport: 'udp' | 'tcp' | 'tls' }[] = [
  { why: 'NSD over UDP', of: 'nsd', transport: 'udp' },
  { why: 'NSD over TCP', of: 'nsd', transport: 'tcp' },
  { why: 'NSD over TLS', of: 'nsd', transport: 'tls' },
  { why: 'unbound over UDP', of: 'unbound', transport: 'udp' },
  { why: 'unbound over TCP', of: 'unbound', transport: 'tcp' },
  { why: 'unbound over TLS', of: 'unbound', transport: 'tls' },
]

const needed = { nsd: () => startNsd({}), unbound: () => startUnbound({}) }
const missing = (['nsd', 'unbound'] as const).filter((program) => findProgram(program) === null)

const describeWhatIsHere = missing.length > 0 ? describeMissing : describeServers
describeWhatIsHere()

function describeMissing(): void {
  test(`not installed here, so no real server was asked: ${missing.join(', ')}`, async () => {
    for (const program of missing) await expect(needed[program]()).rejects.toThrow(`${program} is not installed`)
  })
}

function describeServers(): void {
  const running = new AsyncDisposableStack()
  let servers: { readonly nsd: NameServer; readonly unbound: NameServer }
  beforeAll(async () => {
    const nsd = running.use(await startNsd({ [ZONE]: ZONE_FILE }))
    servers = { nsd, unbound: running.use(await startUnbound({ [ZONE]: nsd, [BROKEN]: nsd })) }
  })
  afterAll(() => running.disposeAsync())

  function upstreamOf({ of, transport }: (typeof lanes)[number]): string {
    const { address, tlsPort } = servers[of]
    return transport === 'tls' ? `tls://127.0.0.1:${tlsPort}` : `${transport}://${address}`
  }

  async function look(lane: (typeof lanes)[number], question: Question): Promise<Answer> {
    const upstreams = [parseUpstream(upstreamOf(lane))]
    await using resolver = createResolver({
      upstreams,
      clock: systemClock,
      randomBytes,
      log: SILENT,
      ca: TEST_CERTIFICATE,
    })
    return await resolver.look(question, BUDGET)
  }

  describe.each(lanes)('$why', (lane) => {
    test.for(cases)('$why', async ({ name, type, expected }) => {
      const answer = await look(lane, { name: below(name), type })
      expect(answer).toMatchObject(expected)
      expect(answer.evidence.transport).toBe(lane.transport)
    })

    test('an answer too long for a datagram comes over TCP', async () => {
      const answer = await look(lane, { name: below('many'), type: 'TXT' })
      expect(answer).toMatchObject(records(...MANY_TEXTS))
      expect(answer.evidence.transport).toBe(lane.transport === 'udp' ? 'tcp' : lane.transport)
    })

    test('only the zone’s own server answers with authority', async () => {
      const { evidence } = await look(lane, { name: below('www'), type: 'A' })
      expect(evidence).toMatchObject({ aa: lane.of === 'nsd', rcode: 'NOERROR', role: 'upstream' })
    })

    test('of an alias chain the smallest TTL counts', async () => {
      const { ttl } = (await look(lane, { name: below('chain1'), type: 'A' })).evidence
      if (lane.of === 'nsd') expect(ttl).toBe(120)
      else expect(ttl).toBeLessThanOrEqual(120)
    })
  })

  test.for(lanes.filter(({ of }) => of === 'unbound'))('$why: a broken delegation is SERVFAIL', async (lane) => {
    expect(await look(lane, { name: `www.${BROKEN}`, type: 'A' })).toMatchObject({
      kind: 'failure',
      why: 'servfail',
      evidence: { rcode: 'SERVFAIL' },
    })
  })

  test('NSD refuses what it does not serve', async () => {
    const answer = await look(lanes[0] as (typeof lanes)[number], { name: `www.${BROKEN}`, type: 'A' })
    expect(answer).toMatchObject({ kind: 'failure', why: 'refused' })
  })

  test('a TTL counts down where the answer is cached, and stays where it comes from', async () => {
    const question: Question = { name: below('anything.wild'), type: 'A' }
    const [zone, , , cache] = lanes as [(typeof lanes)[number], unknown, unknown, (typeof lanes)[number]]
    const before = (await look(cache, question)).evidence.ttl ?? 0
    await vi.waitFor(async () => expect((await look(cache, question)).evidence.ttl).toBeLessThan(before), 10_000)
    expect((await look(zone, question)).evidence.ttl).toBe(300)
  })

  test('a refusal of one upstream weighs less than the SERVFAIL of the other', async () => {
    const upstreams = [parseUpstream(servers.nsd.address), parseUpstream(servers.unbound.address)]
    await using resolver = createResolver({ upstreams, clock: systemClock, randomBytes, log: SILENT })
    const answers = await resolver.lookEverywhere({ name: `www.${BROKEN}`, type: 'A' }, BUDGET)
    expect(answers.map((answer) => answer.kind === 'failure' && answer.why)).toEqual(['refused', 'servfail'])
    expect(await resolver.look({ name: `www.${BROKEN}`, type: 'A' }, BUDGET)).toMatchObject({ why: 'servfail' })
  })
}

function below(name: string): string {
  return name === '' ? ZONE : `${name}.${ZONE}`
}
