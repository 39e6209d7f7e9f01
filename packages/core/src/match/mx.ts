/**
 * MX: hosts, with their priorities or without.
 *
 * A monitor gives priorities for all of its values or for none; only when given are they compared, in every mode.
 */
import { type Mx, parseMx, quoteValue, refuseValue } from '../dns/rdata.ts'
import { type Compiled, type Given, readEach, refuse, type SetMode, toItems } from './matcher.ts'
import { checkHost, compileItems, itemOf, type Reading } from './set.ts'

const WITH_PRIORITY: Reading = { keyOf: (record) => record.key, slotOf: hostOf, hints: false }
const HOST_ONLY: Reading = { keyOf: (record) => hostOf(record.key), slotOf: (host) => host, hints: false }

/** The host of `"<priority> <host>"`. */
function hostOf(key: string): string {
  return key.slice(key.indexOf(' ') + 1)
}

export function compileMx(given: readonly Given[], mode: SetMode): Compiled {
  const expected = readEach(given, readMx)
  const withPriority = expected.some((mx) => mx.priority !== null)
  if (withPriority) refuseMixture(given, expected)
  refuseNullMxBesideOthers(expected, mode)
  const reading = withPriority ? WITH_PRIORITY : HOST_ONLY
  const keys = expected.map(({ priority, host }) => (priority === null ? host : `${priority} ${host}`))
  return compileItems(toItems(keys.map((key) => itemOf(key, key, reading))), mode, reading)
}

function readMx(text: string): Mx {
  checkHost(hostOf(text))
  const mx = parseMx(text)
  // A legal host name, and nearly always a forgotten space: `10mx1.example.com`.
  const glued = mx.priority === null ? /^(\d+)((?:mx|mail|smtp|mta)\S*)$/i.exec(text) : null
  if (glued !== null) {
    throw refuseValue(
      `${quoteValue(text)} looks like a priority without its space. Write \`${glued[1]} ${glued[2]}\`; a host that is really called that is accepted with its priority, as in \`10 ${text}\`.`,
    )
  }
  return mx
}

function refuseMixture(given: readonly Given[], expected: readonly Mx[]): void {
  readEach(
    given.filter((_, at) => expected[at]?.priority === null),
    (text) => {
      throw refuseValue(
        `${quoteValue(text)} has no priority, other values have one. Give priorities for all values or for none.`,
      )
    },
  )
}

/** RFC 7505 section 3: a domain with a null MX has no other MX record. */
function refuseNullMxBesideOthers(expected: readonly Mx[], mode: SetMode): void {
  if (mode !== 'exact' && mode !== 'includes') return
  const hosts = new Set(expected.map((mx) => mx.host))
  if (hosts.has('.') && hosts.size > 1) {
    throw refuse(
      'The null MX `.` says that there is no other MX record (RFC 7505). Give it alone, or use `match: "any_of"`.',
      'expected_value',
    )
  }
}
