/** What was seen of a monitor, and by whom, on the wire. */
import type { WireAnswer, WireCheck } from '@dnsradar/client'
import type { CheckStatus, Look, SeenAnswer } from '@dnsradar/core'
import { presentReason } from './words.ts'

/** TTL, RCODE and alias chain are those of the answer that was asked for first. */
export function presentCheck(look: Look): WireCheck {
  const first = look.answers[0]?.evidence
  return {
    state: look.state,
    confirmed: look.confirmed,
    pending_state: look.pendingState,
    reasons: look.reasons.map(presentReason),
    values: look.values,
    ttl: first?.ttl ?? null,
    rcode: first?.rcode ?? null,
    chain: first?.chain ?? [],
    duration_ms: Math.round(look.durationMs),
    answers: look.answers.map(presentAnswer),
  }
}

/** What was recorded of the last look when its evidence is gone; null before the first look. */
export function presentRecordedCheck(status: CheckStatus): WireCheck | null {
  if (status.lastChecked === null) return null
  const { state, reasons, current, pending } = status
  const pendingState = pending?.state ?? null
  const look = { state, confirmed: pending === null, pendingState, reasons, values: current ?? [] }
  return presentCheck({ ...look, durationMs: 0, answers: [] })
}

export function presentAnswer({ evidence, values, error }: SeenAnswer): WireAnswer {
  return {
    server: evidence.server,
    role: evidence.role,
    transport: evidence.transport,
    rcode: evidence.rcode,
    values,
    ttl: evidence.ttl,
    chain: evidence.chain,
    aa: evidence.aa,
    ad: evidence.ad,
    duration_ms: Math.round(evidence.durationMs),
    error,
  }
}
