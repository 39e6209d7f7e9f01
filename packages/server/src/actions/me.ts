/** Who the caller is, what they may have and what they have. */
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { planOf } from './plans.ts'

export interface Me extends Account {
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

export async function me({ store, rules }: Deps, account: Account): Promise<Me> {
  const { id, plan } = account.organization
  const { monitors, frequencies } = planOf(plan)
  const { webhooksPerGroup, subscriptions, ratePerMinute } = rules
  const limits = { monitors, fastest: frequencies[0] ?? 0, webhooksPerGroup, subscriptions, ratePerMinute }
  return { ...account, usage: await store.accounts.usage(id), limits }
}
