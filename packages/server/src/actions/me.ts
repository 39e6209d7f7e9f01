/** Who the caller is, what they may have and what they have. */
import type { Organization } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { planOf } from './plans.ts'

export interface Holdings {
  readonly usage: { readonly monitors: number; readonly webhooks: number }
  readonly limits: {
    readonly monitors: number | null
    /** Minutes. */
    readonly fastest: number
    readonly webhooksPerGroup: number
    readonly subscriptions: number
    readonly ratePerMinute: number
  }
}

export async function holdings({ store, rules }: Deps, { id, plan }: Organization): Promise<Holdings> {
  const { monitors, frequencies } = planOf(plan)
  const { webhooksPerGroup, subscriptions, ratePerMinute } = rules
  const limits = { monitors, fastest: frequencies[0] ?? 0, webhooksPerGroup, subscriptions, ratePerMinute }
  return { usage: await store.accounts.usage(id), limits }
}

export interface Me extends Account, Holdings {}

export async function me(deps: Deps, account: Account): Promise<Me> {
  return { ...account, ...(await holdings(deps, account.organization)) }
}
