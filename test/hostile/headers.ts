/** Headers: the ones that let a request in, and others that no sane client sends. */
import fc from 'fast-check'
import { placeholder } from './placeholders.ts'
import type { Manner } from './surface.ts'
import { hostileText } from './values.ts'

export type Header = readonly [name: string, value: string]

export function goodHeaders(manner: Manner): fc.Arbitrary<readonly Header[]> {
  return fc.constant(ACCESS[manner])
}

/** Half of the time with what lets them in: a request that stops at the door tries nothing behind it. */
export function hostileHeaders(manner: Manner): fc.Arbitrary<readonly Header[]> {
  const odd = fc.oneof(
    { weight: 12, arbitrary: fc.array(oddHeader, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(...FLOODS) },
  )
  const access = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...OTHER_ACCESS) },
    { weight: 1, arbitrary: fc.array(fc.tuple(fc.constantFrom(...ACCESS_NAMES), line), { maxLength: 2 }) },
  )
  return fc.oneof(
    { weight: 2, arbitrary: odd.map((headers) => [...ACCESS[manner], ...headers]) },
    { weight: 1, arbitrary: access },
  )
}

const ACCESS: Readonly<Record<Manner, readonly Header[]>> = {
  api: [['X-API-Key', placeholder('admin')]],
  entri: [
    ['applicationId', placeholder('application_id')],
    ['Authorization', `Bearer ${placeholder('token')}`],
  ],
  dashboard: [
    ['Cookie', placeholder('cookie')],
    ['Origin', placeholder('origin')],
    ['Accept', 'text/html'],
  ],
  open: [],
}

const OTHER_ACCESS: readonly (readonly Header[])[] = [
  [],
  [['Authorization', `Bearer ${placeholder('admin')}`]],
  [['X-API-Key', placeholder('writer')]],
  [['X-API-Key', placeholder('reader')]],
  [['X-API-Key', 'sk_nobody']],
  [['Authorization', `Basic ${placeholder('admin')}`]],
  [['Authorization', 'Bearer eyJhbGciOiJub25lIn0.e30.']],
  [
    ['Cookie', placeholder('cookie')],
    ['Origin', 'null'],
  ],
  [
    ['Cookie', placeholder('cookie')],
    ['Sec-Fetch-Site', 'cross-site'],
  ],
]

const ACCESS_NAMES = ['X-API-Key', 'Authorization', 'applicationId', 'Cookie', 'Origin', 'Sec-Fetch-Site']

/** No line break: what comes after one would be another header, or another request. */
const line = hostileText.map((text) => text.replaceAll(/[\r\n]/g, ' '))

const TELLING: Readonly<Record<string, readonly string[]>> = {
  Accept: ['*/*', 'text/html', 'image/png;q=0', ',,,', 'text/html;q=NaN', 'a/'.repeat(2000)],
  'Accept-Encoding': ['gzip, br', 'identity;q=0, *;q=0'],
  Connection: ['upgrade', 'close, te', 'keep-alive'],
  Cookie: [
    'a',
    '=',
    '; ; ;',
    'session=%',
    `${placeholder('cookie')}; ${placeholder('cookie')}`,
    '__Secure-dnsradar-session=x',
  ],
  Expect: ['100-continue', 'the unexpected'],
  Host: ['', 'example.com', '[::1', 'a b', 'example.com:99999', '%', '<script>'],
  'Idempotency-Key': ['a', 'a', 'ü', 'x'.repeat(256), '', '{}'],
  'If-None-Match': ['*', '"a"', 'W/"a', '"a",'.repeat(1000)],
  'Last-Event-ID': ['0', 'a', '-1', '99999999999999999999', 'eyJ9'],
  Origin: ['null', 'https://example.com', '%%%', 'http://[::1'],
  Range: ['bytes=0-0', 'bytes=-1', 'bytes=5-1', 'bytes=0-,1-,2-'],
  Referer: ['javascript:alert(1)', '//example.com'],
  TE: ['trailers, deflate'],
  Upgrade: ['websocket', 'h2c'],
  'X-Forwarded-For': [
    '1.2.3.4',
    'unknown',
    '::1, ::2, ::3',
    '1.2.3.4:5',
    ','.repeat(500),
    '<b>',
    '999.1.1.1',
    '[::1]:80',
  ],
  'X-Forwarded-Host': ['example.com', 'a b', '<script>', '%', '[::1', 'example.com, example.org', ''],
  'X-Forwarded-Proto': ['https', 'javascript', 'https,http', ''],
  'X-HTTP-Method-Override': ['DELETE'],
  'X-Request-Id': ['trace-42', 'x'.repeat(65), '{"a":1}', '\x1b[2J'],
}

const oddHeader: fc.Arbitrary<Header> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.oneof(
      ...Object.entries(TELLING).map(([name, values]) =>
        fc.tuple(fc.constant(name), fc.oneof(fc.constantFrom(...values), line)),
      ),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('__proto__', 'constructor', 'X', 'X:Y', 'X Y', ''), line) },
)

/** Longer, and more, than a server should take. */
const FLOODS: readonly (readonly Header[])[] = [
  [['X-Long', 'x'.repeat(20_000)]],
  [['Cookie', 'a=b; '.repeat(2000)]],
  Array.from({ length: 3000 }, (_, at) => [`X-${at}`, '1'] as const),
  Array<Header>(200).fill(['X-API-Key', placeholder('admin')]),
]
