/** What a living name is found to have. */
import { expect, test } from 'vitest'
import { foundIn } from './ask.ts'
import { type Ask, discover } from './discover.ts'

function zone(
  records: Readonly<Record<string, readonly string[]>>,
  aliases: Readonly<Record<string, string>> = {},
): Ask {
  return async (name, type) => {
    const alias = aliases[name]
    if (alias !== undefined) return { values: records[`${alias} ${type}`] ?? [], chain: [alias] }
    return { values: records[`${name} ${type}`] ?? [], chain: [] }
  }
}

const options = { probe: 'k7q' }

test('the apex and common labels, with an alias as what the name itself has', async () => {
  const ask = zone(
    {
      'example.com A': ['192.0.2.1'],
      'example.com MX': ['10 mail.example.com'],
      '_dmarc.example.com TXT': ['v=DMARC1; p=none'],
      'cdn.example.net A': ['198.51.100.1'],
    },
    { 'www.example.com': 'cdn.example.net' },
  )
  const { records, unanswered } = await discover(ask, 'example.com', options)
  expect(records.map(({ name, type, values }) => `${name} ${type} ${values.join()}`)).toEqual([
    'example.com A 192.0.2.1',
    'example.com MX 10 mail.example.com',
    'www.example.com CNAME cdn.example.net',
    '_dmarc.example.com TXT v=DMARC1; p=none',
  ])
  expect(unanswered).toEqual([])
})

test('what only a wildcard says is left out, and what differs from it is not', async () => {
  const plain = zone({ 'example.com A': ['192.0.2.1'], 'www.example.com A': ['192.0.2.9'] })
  const wild: Ask = async (name, type) => {
    const found = await plain(name, type)
    const isSaid = found !== null && found.values.length > 0
    return isSaid || name === 'example.com' ? found : { values: type === 'A' ? ['192.0.2.1'] : [], chain: [] }
  }
  const { records } = await discover(wild, 'example.com', options)
  expect(records.map(({ name }) => name)).toEqual(['example.com', 'www.example.com'])
})

test('questions that nobody answers are told, and every one is counted', async () => {
  const steps: number[] = []
  const ask: Ask = async (_, type) => (type === 'AAAA' ? null : { values: [], chain: [] })
  const { records, unanswered } = await discover(ask, 'example.com', {
    ...options,
    onProgress: (done, total) => steps.push(done / total),
  })
  expect(records).toEqual([])
  expect(unanswered).toContainEqual({ name: 'example.com', type: 'AAAA' })
  expect(steps.at(-1)).toBe(1)
})

test("an upstream is believed before the zone's own servers, and silence is no answer", () => {
  const answer = { ttl: null, chain: [], aa: false, ad: false, duration_ms: 1, error: null, transport: 'udp' } as const
  const own = { ...answer, server: 'b', role: 'authoritative', rcode: 'NOERROR', values: ['192.0.2.2'] } as const
  const up = { ...answer, server: 'a', role: 'upstream', rcode: 'NOERROR', values: ['192.0.2.1'] } as const
  expect(foundIn([own, up])?.values).toEqual(['192.0.2.1'])
  expect(foundIn([own])?.values).toEqual(['192.0.2.2'])
  expect(foundIn([{ ...up, rcode: 'SERVFAIL', values: [] }])).toBeNull()
})
