/**
 * From an answer to a verdict: which state it means for an expectation, and why.
 *
 * Records are judged by value. Their absence is news of its own, NOT_FOUND, unless the expectation is fulfilled by
 * absence (`absent`, `none_of`). What a server could not say is INVALID, silence is TIMEOUT.
 */
import type { Answer, FailureKind } from '../dns/answer.ts'
import { describeRcode, NOERROR, NXDOMAIN } from '../dns/rcode.ts'
import type { Expectation } from '../match/expectation.ts'
import { type MonitorType, queryType } from '../record-types.ts'
import type { Reason, ReasonCode, Verdict } from './verdict.ts'

/** Null when no server could be reached: that says nothing about the record, so nothing may follow from it. */
export function judge(expectation: Expectation, answer: Answer): Verdict | null {
  switch (answer.kind) {
    case 'rrset': {
      const { matches, reasons } = expectation.verify(answer.records)
      const values = expectation.concerned(answer.records).map((record) => record.text)
      return { state: matches ? 'VALID' : 'MISMATCH', values: values.sort(), reasons }
    }
    case 'nxdomain':
    case 'nodata':
    case 'dangling_alias':
      if (acceptsAbsence(expectation)) return { state: 'VALID', values: [], reasons: [] }
      return { state: 'NOT_FOUND', values: [], reasons: explain(expectation.type, answer) }
    case 'failure':
      return { state: 'INVALID', values: [], reasons: explain(expectation.type, answer) }
    case 'timeout':
      return { state: 'TIMEOUT', values: [], reasons: explain(expectation.type, answer) }
    case 'unreachable':
      return null
  }
}

function acceptsAbsence({ match }: Expectation): boolean {
  return match === 'absent' || match === 'none_of'
}

const FAILURE_CODES: Readonly<Record<FailureKind, ReasonCode>> = {
  servfail: 'servfail',
  refused: 'refused',
  formerr: 'malformed',
  notimp: 'refused',
  malformed: 'malformed',
  illegal: 'illegal',
}

/** Why an answer holds no records. */
function explain(type: MonitorType, answer: Exclude<Answer, { kind: 'rrset' | 'unreachable' }>): readonly Reason[] {
  const asked = queryType(type)
  const { ede, chain } = answer.evidence
  switch (answer.kind) {
    case 'nxdomain':
      return [{ code: 'nxdomain', message: `The name does not exist: the answer is ${describeRcode(NXDOMAIN, ede)}.` }]
    case 'nodata':
      return [
        answer.flattened
          ? FLATTENED
          : {
              code: 'nodata',
              message: `The name exists, but has no ${asked} record${ede === null ? '' : `: the answer is ${describeRcode(NOERROR, ede)}`}.`,
            },
      ]
    case 'dangling_alias': {
      const target = chain.at(-1)
      const to = target === undefined ? 'a name' : `\`${target}\``
      return [
        {
          code: 'dangling_alias',
          message: `The name is an alias of ${to}, which has no ${asked} record.`,
          ...(target === undefined ? {} : { value: target }),
        },
      ]
    }
    case 'failure':
      return [{ code: FAILURE_CODES[answer.why], message: answer.detail }]
    case 'timeout':
      return [{ code: 'timeout', message: 'No server answered in time.' }]
  }
}

/** Providers that put an alias at a zone's apex publish its addresses instead of a CNAME record. */
const FLATTENED: Reason = {
  code: 'flattened',
  message:
    'The name has addresses and no CNAME record: the provider flattens the alias. Monitor its A or AAAA records instead.',
}
