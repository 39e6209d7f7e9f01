/**
 * Tells an upstream that is ill from zones that are broken.
 *
 * When a resolver fails, it fails for everybody: many zones that have nothing in common break within seconds. Such an
 * upstream's word about a single zone is worth nothing, so monitors keep their states until it has recovered. What
 * cannot be reached at all is told as well, at once, although no state ever rests on it.
 */
import type { Answer } from '../dns/answer.ts'
import type { Clock } from '../ports/clock.ts'

/** How much of the past counts. */
export const WINDOW_SECONDS = 30
/** Distinct zones that have to fail: fewer may well share a broken name server. */
export const ILL_ZONES = 20

export interface FailureWindow {
  /** `at` is in milliseconds on a clock that never goes back; `zone` is the registrable domain that was asked about. */
  add(at: number, zone: string, failed: boolean): void
  /** Failed answers of all, 0 to 1. */
  failingShare(at: number): number
  /** More than half of the answers failed, in at least `ILL_ZONES` zones. */
  isIll(at: number): boolean
}

/**
 * The last `WINDOW_SECONDS` seconds, the present one included. Memory is constant and time amortised constant: answers
 * are counted by second, and of the zones that failed only the latest `ILL_ZONES` are kept, which is enough to know
 * whether there are so many.
 */
export function createFailureWindow(): FailureWindow {
  const seconds = Array.from({ length: WINDOW_SECONDS }, () => ({ answers: 0, failed: 0 }))
  /** Zone to the second of its last failure, oldest first. */
  const zones = new Map<string, number>()
  let newest = 0
  let answers = 0
  let failed = 0

  function moveTo(at: number): void {
    const now = Math.max(newest, Math.floor(at / 1000))
    if (now === newest) return
    for (let second = Math.max(newest + 1, now - WINDOW_SECONDS + 1); second <= now; second += 1) {
      const slot = slotOf(second)
      answers -= slot.answers
      failed -= slot.failed
      slot.answers = 0
      slot.failed = 0
    }
    newest = now
    for (const [zone, second] of zones) {
      if (second > newest - WINDOW_SECONDS) break
      zones.delete(zone)
    }
  }

  function slotOf(second: number) {
    return seconds[second % WINDOW_SECONDS] as (typeof seconds)[number]
  }

  return {
    add(at, zone, didFail) {
      moveTo(at)
      const slot = slotOf(newest)
      slot.answers += 1
      answers += 1
      if (!didFail) return
      slot.failed += 1
      failed += 1
      zones.delete(zone)
      zones.set(zone, newest)
      const [oldest] = zones.keys()
      if (zones.size > ILL_ZONES && oldest !== undefined) zones.delete(oldest)
    },
    failingShare(at) {
      moveTo(at)
      return answers === 0 ? 0 : failed / answers
    },
    isIll(at) {
      moveTo(at)
      return failed * 2 > answers && zones.size >= ILL_ZONES
    },
  }
}

/** Something to tell the operator: wire words are the presenter's. */
export interface ResolverOutage {
  /** The upstream as people write it. */
  readonly server: string
  /** When it was noticed, in epoch milliseconds. */
  readonly since: number
  /** Failed answers of all in the last 30 s, 0 to 1; in a recovery as it was then. */
  readonly failingShare: number
}

export interface OutageOptions {
  readonly clock: Clock
  /** False: only what cannot be reached is told, and no upstream is ever taken for ill. */
  readonly guard: boolean
  /** Once per outage. */
  readonly onOutage: (outage: ResolverOutage) => void
  /** Once after each `onOutage`. */
  readonly onRecovered: (outage: ResolverOutage) => void
}

export interface Outages {
  /** Takes note of an upstream's answer about `zone`. */
  heard(answer: Answer, zone: string): void
  /** Whether this upstream is ill, so that nothing may be concluded from its answers. */
  isIll(server: string): boolean
}

type Word = 'sound' | 'failed' | 'unreachable'

interface Patient {
  readonly window: FailureWindow
  unreachable: boolean
  outage: ResolverOutage | null
  /** On the monotonic clock. */
  recoveredAt: number
}

export function createOutages({ clock, guard, onOutage, onRecovered }: OutageOptions): Outages {
  const patients = new Map<string, Patient>()

  function note(server: string, zone: string, word: Word): void {
    const at = clock.monotonic()
    const patient = patients.get(server) ?? newPatient()
    patients.set(server, patient)
    patient.window.add(at, zone, word !== 'sound')
    patient.unreachable = word === 'unreachable'
    tell(server, patient, at)
  }

  function tell(server: string, patient: Patient, at: number): void {
    const ill = guard && patient.window.isIll(at)
    // An upstream that comes and goes is told once per window: its operator knows already.
    const gone = patient.unreachable && at - patient.recoveredAt >= WINDOW_SECONDS * 1000
    const failingShare = patient.window.failingShare(at)
    if (patient.outage === null && (ill || gone)) {
      patient.outage = { server, since: clock.now(), failingShare }
      onOutage(patient.outage)
    } else if (patient.outage !== null && !ill && !patient.unreachable) {
      const { since } = patient.outage
      patient.outage = null
      patient.recoveredAt = at
      onRecovered({ server, since, failingShare })
    }
  }

  return {
    heard(answer, zone) {
      const word = wordOf(answer)
      if (word !== null) note(answer.evidence.server, zone, word)
    },
    isIll(server) {
      return guard && (patients.get(server)?.window.isIll(clock.monotonic()) ?? false)
    },
  }
}

function newPatient(): Patient {
  return { window: createFailureWindow(), unreachable: false, outage: null, recoveredAt: Number.NEGATIVE_INFINITY }
}

/** Illegal data is the zone's own doing; every other failure may be the upstream's, unless we held the query back. */
function wordOf(answer: Answer): Word | null {
  switch (answer.kind) {
    case 'rrset':
    case 'nodata':
    case 'nxdomain':
    case 'dangling_alias':
      return 'sound'
    case 'failure':
      return answer.why === 'illegal' ? 'sound' : 'failed'
    case 'timeout':
      return 'failed'
    case 'unreachable':
      return answer.ours ? null : 'unreachable'
  }
}
