/**
 * What a living name has: its apex and the labels that most domains use, asked one by one.
 *
 * Nobody may list a zone from outside, so this is a walk along a table of likely names and no more. A zone with a
 * wildcard answers every name; what only the wildcard says is left out, or each label of the table would be a monitor.
 */
import type { RecordType } from '@dnsradar/core/record-types'

/** What one question found: the values of the RRset, and the alias that led to it. */
export interface Found {
  readonly values: readonly string[]
  /** The alias targets walked, in order; empty when the name has the records itself. */
  readonly chain: readonly string[]
}

/** Asks one name for one type. Gives null when nobody could say; a name that has none gives no values. */
export type Ask = (name: string, type: RecordType) => Promise<Found | null>

export interface Discovered {
  readonly name: string
  readonly type: RecordType
  readonly values: readonly string[]
}

export interface Discovery {
  readonly records: readonly Discovered[]
  /** Questions that nobody answered: what they are about may exist. */
  readonly unanswered: readonly { readonly name: string; readonly type: RecordType }[]
}

export interface DiscoverOptions {
  /** Asked between two rounds; a label that no zone has by chance tells whether there is a wildcard. */
  readonly probe: string
  readonly onProgress?: (done: number, total: number) => void
}

interface Question {
  readonly name: string
  readonly type: RecordType
}

const HOST: readonly RecordType[] = ['A', 'AAAA']

/** Labels under the apex and what is asked there; an alias found at one of them is a CNAME of its own. */
const LIKELY: readonly (readonly [label: string | null, types: readonly RecordType[]])[] = [
  [null, ['A', 'AAAA', 'MX', 'TXT', 'NS', 'CAA']],
  ['www', HOST],
  ['mail', HOST],
  ['smtp', HOST],
  ['imap', HOST],
  ['webmail', HOST],
  ['autodiscover', HOST],
  ['autoconfig', HOST],
  ['api', HOST],
  ['app', HOST],
  ['admin', HOST],
  ['auth', HOST],
  ['blog', HOST],
  ['cdn', HOST],
  ['static', HOST],
  ['shop', HOST],
  ['docs', HOST],
  ['help', HOST],
  ['status', HOST],
  ['dev', HOST],
  ['staging', HOST],
  ['ftp', HOST],
  ['vpn', HOST],
  ['ns1', HOST],
  ['ns2', HOST],
  ['_dmarc', ['TXT']],
  ['_mta-sts', ['TXT']],
  ['mta-sts', HOST],
  ['_smtp._tls', ['TXT']],
  // Selectors of DKIM keys that big senders prescribe.
  ['default._domainkey', ['TXT']],
  ['google._domainkey', ['TXT']],
  ['selector1._domainkey', ['TXT']],
  ['selector2._domainkey', ['TXT']],
  ['s1._domainkey', ['TXT']],
  ['s2._domainkey', ['TXT']],
  ['k1._domainkey', ['TXT']],
  ['k2._domainkey', ['TXT']],
  ['k3._domainkey', ['TXT']],
  ['mail._domainkey', ['TXT']],
]

/** Questions in flight at a time. */
const AT_ONCE = 8

/** `domain` is canonical. Takes as long as its slowest questions; never rejects unless `ask` does. */
export async function discover(ask: Ask, domain: string, options: DiscoverOptions): Promise<Discovery> {
  const questions = LIKELY.flatMap(([label, types]) =>
    types.map((type) => ({ name: label === null ? domain : `${label}.${domain}`, type })),
  )
  const probes = (['A', 'AAAA', 'TXT'] as const).map((type) => ({ name: `${options.probe}.${domain}`, type }))
  const answers = await askAll(ask, [...probes, ...questions], options.onProgress)
  const wild = new Map(probes.map(({ type }, at) => [type as RecordType, answers[at] ?? null]))
  const seen = questions.map((question, at) => ({ question, found: answers[probes.length + at] ?? null }))
  return {
    records: unique(
      seen.flatMap(({ question, found }) => {
        if (found === null) return []
        const isWild = question.name !== domain && isSame(found, wild.get(question.type) ?? null)
        return isWild ? [] : recordOf(question, found)
      }),
    ),
    unanswered: seen.filter(({ found }) => found === null).map(({ question }) => question),
  }
}

/** An alias is what the name has; what stands at its target belongs to somebody else. */
function recordOf({ name, type }: Question, { values, chain }: Found): readonly Discovered[] {
  const [target] = chain
  if (target !== undefined) return [{ name, type: 'CNAME', values: [target] }]
  return values.length === 0 ? [] : [{ name, type, values }]
}

function isSame(found: Found, wild: Found | null): boolean {
  if (wild === null || (wild.values.length === 0 && wild.chain.length === 0)) return false
  return (found.chain[0] ?? found.values.join('\n')) === (wild.chain[0] ?? wild.values.join('\n'))
}

/** The alias of a name is found once for each type that was asked. */
function unique(records: readonly Discovered[]): readonly Discovered[] {
  return [...new Map(records.map((record) => [`${record.name} ${record.type}`, record])).values()]
}

async function askAll(
  ask: Ask,
  questions: readonly Question[],
  onProgress: DiscoverOptions['onProgress'],
): Promise<readonly (Found | null)[]> {
  const answers: (Found | null)[] = Array.from(questions, () => null)
  const rest = questions.entries()
  let done = 0
  const work = async (): Promise<void> => {
    for (const [at, { name, type }] of rest) {
      answers[at] = await ask(name, type)
      done += 1
      onProgress?.(done, questions.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return answers
}
