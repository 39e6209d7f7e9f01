/** What the resolver benchmark asks for: names with one RRset each, as questions, as expectations and as a zone file. */
import type { Question } from '@dnsradar/core/dns/answer'
import { type Expectation, newExpectation } from '@dnsradar/core/match/expectation'

export interface Watched {
  readonly question: Question
  readonly expectation: Expectation
}

export const ZONE = 'bench.example'

type BenchType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TXT'

interface Row {
  readonly type: BenchType
  /** Records of the name with this number, as a zone file and as an expectation write them. */
  records(at: number): readonly string[]
}

const MIXED: readonly Row[] = [
  { type: 'A', records: (at) => [`192.0.2.${at % 256}`, `198.51.100.${at % 256}`] },
  { type: 'AAAA', records: (at) => [`2001:db8::${(at + 1).toString(16)}`] },
  { type: 'CNAME', records: (at) => [`target${at}.hosting.example.`] },
  { type: 'MX', records: (at) => [`10 mx1.mail${at}.example.`, `20 mx2.mail${at}.example.`] },
  { type: 'TXT', records: (at) => [`"v=spf1 include:_spf${at}.example ip4:192.0.2.0/24 -all"`, `"site=${at}"`] },
]

/** What `dns-responder.ts` answers to everything. */
const CONSTANT: readonly Row[] = [{ type: 'A', records: () => ['192.0.2.1'] }]

export function watchedNames(count: number, zone: 'mixed' | 'constant'): Watched[] {
  const rows = zone === 'mixed' ? MIXED : CONSTANT
  return Array.from({ length: count }, (_, at) => {
    const { type, records } = rows[at % rows.length] as Row
    const expected = records(at).map((record) => record.replace(/\.$/, ''))
    // A policy beside other text is asked for by its terms; everything else has to be exactly what it is.
    const match = type === 'TXT' ? 'includes' : 'exact'
    return {
      question: { name: `n${at}.${ZONE}`, type },
      expectation: newExpectation({ type, match, expected: type === 'TXT' ? expected.slice(0, 1) : expected }),
    }
  })
}

export function zoneFile(count: number): string {
  const lines = [`$TTL 300`, '@ SOA ns1 hostmaster 1 3600 600 86400 60', '@ NS ns1', 'ns1 A 127.0.0.1']
  for (let at = 0; at < count; at += 1) {
    const { type, records } = MIXED[at % MIXED.length] as Row
    for (const record of records(at)) lines.push(`n${at} ${type} ${record}`)
  }
  return `${lines.join('\n')}\n`
}

/** As dnsperf reads them. */
export function queryFile(watched: readonly Watched[]): string {
  return watched.map(({ question }) => `${question.name} ${question.type}\n`).join('')
}
