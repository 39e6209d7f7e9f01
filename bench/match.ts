/**
 * What matching costs: compiling an expectation, and asking it about records that are as expected.
 *
 *     node bench/match.ts [--rounds 5]
 *
 * The ceiling is what no rule can do without: two sets of strings, each sorted and joined beforehand, compared as
 * strings. A comparison of two Sets stands beside it, because that is what the simple rules come down to.
 */
import { parseArgs } from 'node:util'
import type { Rdata } from '@dnsradar/core/dns/answer'
import { compileExpectation, type ExpectationInput } from '@dnsradar/core/match/expectation'
import { parseRdata } from '@dnsradar/core/record-types'
import { type Contender, inTurns, medianOf, medianRatio, shown } from './rounds.ts'

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const ROUNDS = Number(flags.rounds)
const RUN_MS = 60

interface Subject extends ExpectationInput {
  readonly name: string
  readonly found: readonly string[]
}

const SPF = 'v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.google.com include:mail.example.net mx -all'
const DMARC = 'v=DMARC1; p=reject; sp=quarantine; adkim=s; rua=mailto:a@example.com,mailto:b@example.net; pct=100'
const DKIM = `v=DKIM1; k=rsa; p=${'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA'.repeat(8)}`
const FOUR = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']
const MX = ['10 mx1.example.com', '20 mx2.example.com']

const subjects: Subject[] = [
  { name: 'A, exact, 1 of 1', type: 'A', match: 'exact', expected: ['192.0.2.1'], found: ['192.0.2.1'] },
  { name: 'A, exact, 4 of 4', type: 'A', match: 'exact', expected: FOUR, found: FOUR },
  { name: 'A, includes, 1 of 4', type: 'A', match: 'includes', expected: ['192.0.2.3'], found: FOUR },
  { name: 'A, any_of, 1 of 4', type: 'A', match: 'any_of', expected: ['192.0.2.9', '192.0.2.4'], found: FOUR },
  { name: 'A, none_of, 4', type: 'A', match: 'none_of', expected: ['203.0.113.1'], found: FOUR },
  { name: 'A, cidr, 4 in 1', type: 'A', match: 'cidr', expected: ['192.0.2.0/24'], found: FOUR },
  { name: 'AAAA, exact', type: 'AAAA', match: 'exact', expected: ['2001:db8::1'], found: ['2001:db8::1'] },
  { name: 'AAAA, cidr', type: 'AAAA', match: 'cidr', expected: ['2001:db8::/32'], found: ['2001:db8::1'] },
  { name: 'CNAME, exact', type: 'CNAME', match: 'exact', expected: ['host.example.com'], found: ['host.example.com'] },
  { name: 'MX, exact, with priorities', type: 'MX', match: 'exact', expected: MX, found: MX },
  { name: 'MX, includes, hosts alone', type: 'MX', match: 'includes', expected: ['mx2.example.com'], found: MX },
  {
    name: 'TXT, includes, plain',
    type: 'TXT',
    match: 'includes',
    expected: ['site=1'],
    found: [SPF, 'site=1', 'other'],
  },
  { name: 'TXT, exact, plain', type: 'TXT', match: 'exact', expected: ['site=1'], found: ['site=1'] },
  {
    name: 'SPF, includes, 1 term',
    type: 'TXT',
    match: 'includes',
    expected: ['v=spf1 include:_spf.google.com'],
    found: [SPF, 'site=1'],
  },
  { name: 'SPF, exact', type: 'TXT', match: 'exact', expected: [SPF], found: [SPF, 'site=1'] },
  {
    name: 'DMARC, includes, 2 tags',
    type: 'DMARC',
    match: 'includes',
    expected: ['v=DMARC1; p=reject'],
    found: [DMARC],
  },
  { name: 'DKIM, includes, whole key', type: 'TXT', match: 'includes', expected: [DKIM], found: [DKIM] },
  {
    name: 'CAA, exact',
    type: 'CAA',
    match: 'exact',
    expected: ['0 issue "ca.example"'],
    found: ['0 issue "ca.example"'],
  },
]

interface Cost {
  /** CPU microseconds of this process, per call. */
  readonly micros: number
}

/** Calls `once` again and again; what it returns is added up, so that no call can be left out. */
function costOf(once: () => number): Cost {
  let calls = 0
  let sum = 0
  const cpu = process.threadCpuUsage()
  const end = performance.now() + RUN_MS
  while (performance.now() < end) {
    for (let i = 0; i < 200; i += 1) sum += once()
    calls += 200
  }
  const { user, system } = process.threadCpuUsage(cpu)
  if (sum < calls) throw new Error('a record that is as expected did not match')
  return { micros: (user + system) / calls }
}

function recordsOf({ type, found }: Subject): readonly Rdata[] {
  return found.map((text) => parseRdata(type, text))
}

const JOINED = 'sorted strings, compared'
const SETS = 'Sets of 4, compared'

/** Strings that are equal without being the same, as those of a row and an answer are. */
function joined(): string {
  return Buffer.from([...FOUR].sort().join('\n')).toString()
}

const [one, other] = [joined(), joined()]
const [wanted, found] = [new Set(FOUR), new Set(FOUR)]

const ceilings: Contender<Cost>[] = [
  { name: JOINED, run: () => costOf(() => Number(one === other)) },
  { name: SETS, run: () => costOf(() => Number(wanted.size === found.size && FOUR.every((key) => found.has(key)))) },
]
const contenders = subjects.flatMap((subject): Contender<Cost>[] => {
  const records = recordsOf(subject)
  const expectation = compileExpectation(subject)
  return [
    { name: `verify ${subject.name}`, run: () => costOf(() => Number(expectation.verify(records).matches)) },
    { name: `compile ${subject.name}`, run: () => costOf(() => compileExpectation(subject).canonicalKey.length) },
  ]
})

const results = await inTurns([...ceilings, ...contenders], ROUNDS)
const of = (name: string) => results.get(name) ?? []
const micros = ({ micros }: Cost): number => micros

console.log(`medians of ${ROUNDS} rounds, CPU microseconds a call, node ${process.version}`)
console.table(
  Object.fromEntries(ceilings.map(({ name }) => [name, { 'CPU us': shown(medianOf(of(name), micros), 4) }])),
)
console.table(
  Object.fromEntries(
    subjects.map(({ name }) => [
      name,
      {
        'compile us': shown(medianOf(of(`compile ${name}`), micros), 2),
        'verify us': shown(medianOf(of(`verify ${name}`), micros), 3),
        'verify to strings': shown(medianRatio(of(`verify ${name}`), of(JOINED), micros), 1),
        'verify to Sets': shown(medianRatio(of(`verify ${name}`), of(SETS), micros), 1),
      },
    ]),
  ),
)
