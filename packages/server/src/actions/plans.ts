/** What an organization's plan allows. */
import { RadarError } from '@dnsradar/core/errors'

export interface Plan {
  /** Null means no limit. */
  readonly monitors: number | null
  /** Minutes between checks that monitors of this plan may have, fastest first. */
  readonly frequencies: readonly number[]
  readonly retentionDays: number
}

const HOURLY = [60, 120]
const STANDARD = [5, 10, 15, 30, ...HOURLY]

export const PLAN_NAMES = ['free', 'starter', 'professional', 'business', 'scale', 'unlimited'] as const
export type PlanName = (typeof PLAN_NAMES)[number]

export const DEFAULT_PLAN: PlanName = 'unlimited'

const PLANS: Readonly<Record<PlanName, Plan>> = {
  free: { monitors: 50, frequencies: HOURLY, retentionDays: 7 },
  starter: { monitors: 100, frequencies: STANDARD, retentionDays: 90 },
  professional: { monitors: 1_000, frequencies: STANDARD, retentionDays: 90 },
  business: { monitors: 2_500, frequencies: STANDARD, retentionDays: 90 },
  scale: { monitors: 10_000, frequencies: STANDARD, retentionDays: 90 },
  unlimited: { monitors: null, frequencies: [1, ...STANDARD], retentionDays: 90 },
}

/** A plan that this version does not know (written by another) limits nothing it cannot name. */
export function planOf(name: string): Plan {
  return PLANS[name as PlanName] ?? PLANS[DEFAULT_PLAN]
}

/** Refuses a frequency that is not offered at all, and one that a bigger plan would allow. */
export function checkFrequency(planName: string, frequency: number): void {
  const { frequencies } = planOf(planName)
  if (frequencies.includes(frequency)) return
  if (STANDARD.includes(frequency)) {
    const fastest = frequencies[0] ?? 0
    const message = `Frequency ${frequency} is faster than the plan ${planName} allows; use ${frequencies.join(' or ')}.`
    throw new RadarError('plan_frequency', message, { frequency: `the fastest of this plan is ${fastest}` })
  }
  const message = `frequency ${frequency} is not offered; use one of ${frequencies.join(', ')}`
  throw new RadarError('invalid_field', `${message}.`, { frequency: message })
}

/** What the store asks before it adds so many monitors; undefined where there is no limit to hold. */
export function admission(planName: string, adding: number): ((existing: number) => void) | undefined {
  if (planOf(planName).monitors === null) return undefined
  return (existing) => checkMonitorCount(planName, existing, adding)
}

/** Refuses `adding` monitors beyond the plan's number. */
export function checkMonitorCount(planName: string, existing: number, adding: number): void {
  const { monitors } = planOf(planName)
  if (monitors === null || existing + adding <= monitors) return
  throw new RadarError(
    'plan_monitors',
    `The plan ${planName} allows ${monitors} monitors and ${existing} exist; delete some or use a bigger plan.`,
  )
}
