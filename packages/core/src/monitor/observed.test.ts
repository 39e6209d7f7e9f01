import { expect, test } from 'vitest'
import { RadarError } from '../errors.ts'
import type { MonitorType } from '../record-types.ts'
import { matchObserved, type ObservedInput, type SimulatedResponse } from './observed.ts'

const responses: [SimulatedResponse, state: string, code: string][] = [
  ['NXDOMAIN', 'NOT_FOUND', 'nxdomain'],
  ['NODATA', 'NOT_FOUND', 'nodata'],
  ['SERVFAIL', 'INVALID', 'servfail'],
  ['REFUSED', 'INVALID', 'refused'],
  ['FORMERR', 'INVALID', 'malformed'],
  ['MALFORMED', 'INVALID', 'malformed'],
  ['TIMEOUT', 'TIMEOUT', 'timeout'],
]

test.for(responses)('%s is %s', ([response, state, code]) => {
  const verdict = matchObserved({ type: 'A', match: 'exact', expected: ['192.0.2.1'], observed: [], response })
  expect(verdict).toMatchObject({ state, values: [], reasons: [{ code }] })
})

test('character-strings hold octets as Latin-1 characters', () => {
  const verdict = matchObserved({ type: 'TXT', match: 'exact', expected: ['grün'], observed: [['gr\xc3', '\xbcn']] })
  expect(verdict.state).toBe('VALID')
  expect(verdict.values).toEqual(['grün'])
})

test('values are shown sorted and once', () => {
  const verdict = matchObserved({
    type: 'A',
    match: 'includes',
    expected: ['192.0.2.2'],
    observed: ['192.0.2.3', '192.0.2.2', '192.0.2.3'],
  })
  expect(verdict.values).toEqual(['192.0.2.2', '192.0.2.3'])
})

const refused: { why: string; type: MonitorType; input: Partial<ObservedInput>; field: string }[] = [
  { why: 'a value that is no record', type: 'A', input: { observed: ['192.0.2.1', 'x'] }, field: 'observed[1]' },
  {
    why: 'an MX record without its priority',
    type: 'MX',
    input: { expected: ['mx1.example'], observed: ['mx1.example'] },
    field: 'observed[0]',
  },
  { why: 'strings of another type than TXT', type: 'A', input: { observed: [['192.0.2.1']] }, field: 'observed[0]' },
  { why: 'a character that is no octet', type: 'TXT', input: { observed: [['a', '\u0100']] }, field: 'observed[0][1]' },
  { why: 'a string of 256 octets', type: 'TXT', input: { observed: [['a'.repeat(256)]] }, field: 'observed[0][0]' },
  {
    why: 'values beside a response',
    type: 'A',
    input: { observed: ['192.0.2.1'], response: 'NXDOMAIN' },
    field: 'response',
  },
  {
    why: 'an expectation that is refused',
    type: 'A',
    input: { expected: ['x'], observed: [] },
    field: 'expected_value',
  },
]

test.for(refused)('refuses $why', ({ type, input, field }) => {
  let error: unknown
  try {
    matchObserved({ type, match: 'exact', expected: ['192.0.2.1'], observed: [], ...input })
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(RadarError)
  expect((error as RadarError).fields).toHaveProperty([field])
})
