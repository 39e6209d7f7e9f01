import { expect, test } from 'vitest'
import { diffRecords, diffWords, type Piece } from './diff.ts'

/** `a [-b-]{+c+}`, as word diffs are written in terminals. */
function written(pieces: readonly Piece[]): string {
  const marks = { kept: ['', ''], removed: ['[-', '-]'], added: ['{+', '+}'] } as const
  return pieces.map(({ kind, text }) => marks[kind].join(text)).join('')
}

const texts: { why: string; before: string; after: string; diff: string }[] = [
  { why: 'equal texts are kept whole', before: 'v=spf1 -all', after: 'v=spf1 -all', diff: 'v=spf1 -all' },
  {
    why: 'one term of an SPF record goes',
    before: 'v=spf1 include:_spf.a.example include:_spf.b.example -all',
    after: 'v=spf1 include:_spf.a.example -all',
    diff: 'v=spf1 include:_spf.a.example [-include:_spf.b.example -]-all',
  },
  {
    why: 'a term comes at the end',
    before: 'v=spf1 a',
    after: 'v=spf1 a -all',
    diff: 'v=spf1 a{+ -all+}',
  },
  {
    why: 'a tag of a DMARC record changes',
    before: 'v=DMARC1; p=reject; rua=mailto:a@example.com',
    after: 'v=DMARC1; p=none; rua=mailto:a@example.com',
    diff: 'v=DMARC1; [-p=reject-]{+p=none+}; rua=mailto:a@example.com',
  },
  {
    why: 'a priority changes',
    before: '10 mx.example.com',
    after: '20 mx.example.com',
    diff: '[-10-]{+20+} mx.example.com',
  },
  { why: 'words side by side change as one', before: 'a b c d', after: 'a x y d', diff: 'a [-b c-]{+x y+} d' },
  {
    why: 'a space is a difference',
    before: 'p=none;sp=none',
    after: 'p=none; sp=none',
    diff: 'p=none[-;-]{+; +}sp=none',
  },
  { why: 'a text that begins', before: '', after: 'v=spf1', diff: '{+v=spf1+}' },
  { why: 'a text that ends', before: 'v=spf1', after: '', diff: '[-v=spf1-]' },
]

test.for(texts)('between two texts: $why', ({ before, after, diff }) => {
  expect(written(diffWords(before, after))).toBe(diff)
})

const sets: { why: string; before: string[]; after: string[]; diff: string[] }[] = [
  { why: 'order means nothing', before: ['a', 'b'], after: ['b', 'a'], diff: ['kept a', 'kept b'] },
  {
    why: 'addresses that have nothing in common go and come',
    before: ['192.0.2.1', '192.0.2.2'],
    after: ['192.0.2.2', '192.0.2.3'],
    diff: ['kept 192.0.2.2', 'removed [-192.0.2.1-]', 'added {+192.0.2.3+}'],
  },
  {
    why: 'the records that are most alike are the same one',
    before: ['10 mx1.example.com', '20 mx2.example.com'],
    after: ['30 mx2.example.com', '10 mx3.example.com', '15 mx1.example.com'],
    diff: [
      'changed [-20-]{+30+} mx2.example.com',
      'changed [-10-]{+15+} mx1.example.com',
      'added {+10 mx3.example.com+}',
    ],
  },
  {
    why: 'a policy is not compared with a neighbour',
    before: ['v=spf1 include:_spf.a.example ~all', 'site-verification=abc'],
    after: ['v=spf1 include:_spf.a.example -all', 'site-verification=abc'],
    diff: ['kept site-verification=abc', 'changed v=spf1 include:_spf.a.example [-~all-]{+-all+}'],
  },
  {
    why: 'a policy is the same record even when little of it stays',
    before: ['v=spf1 include:_spf.a.example -all', 'hello world'],
    after: ['v=spf1 mx ip4:192.0.2.1 ~all', 'hello there'],
    diff: [
      'changed v=spf1 [-include:_spf.a.example -all-]{+mx ip4:192.0.2.1 ~all+}',
      'removed [-hello world-]',
      'added {+hello there+}',
    ],
  },
  {
    why: 'a key is replaced in its record',
    before: [`v=DKIM1; k=rsa; p=${'A'.repeat(300)}`],
    after: [`v=DKIM1; k=rsa; p=${'B'.repeat(300)}`],
    diff: [`changed v=DKIM1; k=rsa; [-p=${'A'.repeat(300)}-]{+p=${'B'.repeat(300)}+}`],
  },
  { why: 'nothing on either side', before: [], after: [], diff: [] },
]

test.for(sets)('between two sets of records: $why', ({ before, after, diff }) => {
  expect(
    diffRecords(before, after)
      .map(({ kind, pieces }) => `${kind} ${written(pieces)}`)
      .toSorted(),
  ).toEqual(diff.toSorted())
})

test('texts too long to compare are replaced whole, but for what they begin and end with', () => {
  const words = (prefix: string) => Array.from({ length: 2000 }, (_, index) => `${prefix}${index}`).join(' ')
  const pieces = diffWords(`v=spf1 ${words('a')} -all`, `v=spf1 ${words('b')} -all`)
  expect(pieces.map(({ kind }) => kind)).toEqual(['kept', 'removed', 'added', 'kept'])
})
