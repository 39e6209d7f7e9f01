/** API keys: made, shown once, listed, taken away. */
import { type ApiKey, notFound, type Page, type PageRequest } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { refusal } from '../http/validate.ts'
import { DEFAULT_SCOPES, generateApiKey, newApiKey } from '../keys.ts'
import type { NewKeyInput } from '../schemas/accounts.ts'
import { readId } from '../schemas/fields.ts'

/** `clear` is the key itself: only its hash is kept. */
export interface NewKey {
  readonly key: ApiKey
  readonly clear: string
}

export async function createKey(deps: Deps, account: Account, input: NewKeyInput): Promise<NewKey> {
  const expires = input.expires ?? null
  checkExpiry(expires, deps.clock.now())
  const clear = generateApiKey(deps.randomBytes)
  const scopes = [...new Set(input.scopes ?? DEFAULT_SCOPES)]
  const key = await deps.store.accounts.createKey(
    account.organization.id,
    newApiKey(clear, input.name, scopes, expires),
  )
  return { key, clear }
}

function checkExpiry(expires: number | null, now: number): void {
  if (expires === null || expires > now) return
  const message = 'is in the past; give a time to come, or null for a key that does not expire'
  throw refusal('invalid_field', { expires: message })
}

export function listKeys(deps: Deps, account: Account, page: PageRequest): Promise<Page<ApiKey>> {
  return deps.store.accounts.listKeys(account.organization.id, page)
}

/** It stops working at once, also the one that asks. */
export async function deleteKey(deps: Deps, account: Account, id: string): Promise<void> {
  const known = readId('key', id)
  const deleted = known !== null && (await deps.store.accounts.revokeKey(account.organization.id, known))
  if (!deleted) throw notFound('key', id)
}
