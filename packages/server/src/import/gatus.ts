/**
 * A Gatus configuration (YAML) as monitors: its endpoints with a `dns` section.
 *
 * Gatus compares one record of the answer, the last one, so a value that it wants is one that is to be among the
 * records; patterns and times have no like here and are named as such.
 */
import type { NewMonitorInput } from '@dnsradar/client'
import { RECORD_TYPES } from '@dnsradar/core/record-types'
import { shown } from '../http/validate.ts'
import { isObject, readDocument } from '../source/document.ts'
import type { Place } from '../source/place.ts'
import { frequencyFor } from './frequency.ts'
import type { LeftOut, Reading, Wanted } from './reading.ts'

export function readGatus(text: string): Reading {
  const document = readDocument(text)
  if (document.faults.length > 0) return { wanted: [], leftOut: [], faults: document.faults }
  const endpoints = isObject(document.value) ? document.value['endpoints'] : undefined
  if (!Array.isArray(endpoints)) {
    const message = 'This is no configuration of Gatus: it has no list of endpoints.'
    return { wanted: [], leftOut: [], faults: [{ place: { line: 1, column: 1 }, message }] }
  }
  const read = endpoints.map((endpoint, at) => translate(document.placeOf(['endpoints', at]), endpoint))
  return {
    wanted: read.flatMap((each) => ('input' in each ? [each] : [])),
    leftOut: read.flatMap((each) => ('why' in each ? [each] : [])),
    faults: [],
  }
}

function translate(place: Place, endpoint: unknown): Wanted | LeftOut {
  const fields = isObject(endpoint) ? endpoint : {}
  const called = shown(fields['name'])
  const leave = (why: string): LeftOut => ({ place, what: called, why })
  const { dns } = fields
  if (!isObject(dns)) return leave('it has no dns section')
  const type = RECORD_TYPES.find((known) => known === dns['query-type'])
  if (type === undefined) return leave(`records of type ${shown(dns['query-type'])} cannot be watched`)
  const expectation = expectationOf(fields['conditions'])
  if (typeof expectation === 'string') return leave(expectation)
  const group = slugOf(fields['group'])
  const input = {
    full_domain: dns['query-name'],
    record_type: type,
    ...expectation,
    frequency: frequencyFor(secondsOf(fields['interval']) ?? DEFAULT_SECONDS),
    is_active: fields['enabled'] !== false,
    ...(group === null ? {} : { group }),
  } as NewMonitorInput
  return { place, called, input }
}

/** What Gatus takes when an endpoint names no interval. */
const DEFAULT_SECONDS = 60

type Expectation = Pick<NewMonitorInput, 'match' | 'expected_value'>

/** What one condition asks for; null when it asks for nothing that records could say. */
type Asked = Expectation | null

/** Or why there is none. */
function expectationOf(given: unknown): Expectation | string {
  const conditions = Array.isArray(given) ? given.map(String) : []
  const asked: Asked[] = []
  for (const condition of conditions) {
    const read = readCondition(condition)
    if (read === undefined) return `its condition ${shown(condition)} has no like here`
    asked.push(read)
  }
  const expectations = asked.filter((each) => each !== null)
  const [first, second] = expectations
  if (second === undefined) return first ?? { match: 'baseline' }
  const values = expectations.flatMap(({ expected_value }) => expected_value ?? [])
  return expectations.every(({ match }) => match === 'none_of')
    ? { match: 'none_of', expected_value: values }
    : `its conditions ${conditions.map(shown).join(', ')} have no like here together`
}

/** Undefined for what cannot be translated. */
function readCondition(condition: string): Asked | undefined {
  const [, subject = '', comparison = '', value = ''] =
    /^\s*(\[[A-Z_]+\])\s*(==|!=|<=?|>=?)\s*(.*?)\s*$/.exec(condition) ?? []
  switch (subject) {
    case '[BODY]':
      return readBody(comparison, value)
    case '[DNS_RCODE]':
      if (comparison !== '==') return undefined
      return value === 'NOERROR' ? null : value === 'NXDOMAIN' ? { match: 'absent' } : undefined
    // Every look here has a budget of time, and a certificate is no matter of records.
    case '[RESPONSE_TIME]':
    case '[CONNECTED]':
      return null
    default:
      return undefined
  }
}

function readBody(comparison: string, value: string): Asked | undefined {
  const several = /^any\((.*)\)$/.exec(value)?.[1]
  const values = (several ?? value).split(several === undefined ? '\n' : ',').map((each) => each.trim())
  if (values.some((each) => each === '' || /^(?:pat|len|has|age)\(/.test(each))) return undefined
  if (comparison === '==') return { match: several === undefined ? 'includes' : 'any_of', expected_value: values }
  return comparison === '!=' ? { match: 'none_of', expected_value: values } : undefined
}

const UNIT_SECONDS = { h: 3_600, m: 60, s: 1, ms: 0.001 }

/** `1h30m`, as Go writes durations. */
function secondsOf(interval: unknown): number | null {
  if (typeof interval !== 'string' || !/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(interval)) return null
  const parts = [...interval.matchAll(/([\d.]+)(h|ms|m|s)/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_SECONDS[unit as 'h'], 0)
}

/** Groups of Gatus may have any name. */
function slugOf(group: unknown): string | null {
  if (typeof group !== 'string') return null
  const slug = group
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 63)
  return slug === '' || slug.startsWith('grp_') ? null : slug
}
