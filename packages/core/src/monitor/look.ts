/** One check as it went: what it found and the evidence for it. */
import type { Answer, Evidence } from '../dns/answer.ts'
import type { JudgedState, MonitorState } from './state.ts'
import type { Reason } from './verdict.ts'

/** One server's answer, as evidence. `error` says in words why it holds no data, when it holds none. */
export interface SeenAnswer {
  readonly evidence: Evidence
  readonly values: readonly string[]
  readonly error: string | null
}

export interface Look {
  /** The monitor's state after this look: the held one while a suspicion is pending. */
  readonly state: MonitorState
  /** Another server agreed, or there was nothing to agree on: the state stayed, or its change is not told. */
  readonly confirmed: boolean
  readonly pendingState: JudgedState | null
  readonly reasons: readonly Reason[]
  readonly values: readonly string[]
  readonly durationMs: number
  /** In the order they were asked for; the first decides TTL, RCODE and alias chain shown for the look. */
  readonly answers: readonly SeenAnswer[]
}

export function seen(answer: Answer): SeenAnswer {
  const { evidence } = answer
  switch (answer.kind) {
    case 'rrset':
      return { evidence, values: answer.records.map(({ text }) => text), error: null }
    case 'nodata':
    case 'nxdomain':
    case 'dangling_alias':
      return { evidence, values: [], error: null }
    case 'failure':
    case 'unreachable':
      return { evidence, values: [], error: answer.detail }
    case 'timeout':
      return { evidence, values: [], error: 'no answer in time' }
  }
}
