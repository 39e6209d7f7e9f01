/**
 * Applications of the Entri dialect, each with at most one hook: a subscription of format `entri` that covers the groups
 * of its own domains and nothing else, and signs with the application's secret.
 */
import {
  ENTRI_EVENT_KINDS,
  type EntriApplication,
  type NewWebhook,
  notFound,
  type OrganizationId,
  type Page,
  type PageRequest,
  RadarError,
} from '@dnsradar/core'
import { generateSecret } from '@dnsradar/core/delivery/sign'
import { checkTarget } from '@dnsradar/core/send/guard'
import type { Deps } from '../deps.ts'
import { removeDomain } from '../entri/domains.ts'
import type { Account } from '../http/context.ts'
import { readId } from '../schemas/fields.ts'
import type { EntriApplicationPatchInput, NewEntriApplicationInput } from '../schemas/entri-applications.ts'

export async function createApplication(
  deps: Deps,
  account: Account,
  { application_id, secret, webhook_url = null, user_id = null }: NewEntriApplicationInput,
): Promise<EntriApplication> {
  const application = await deps.store.entri.createApplication(account.organization.id, {
    applicationId: application_id ?? generateApplicationId(deps),
    secret: secret ?? generateSecret(deps.randomBytes),
    userId: user_id,
  })
  return webhook_url === null ? application : changeApplication(deps, application, { webhookUrl: webhook_url })
}

function generateApplicationId({ randomBytes }: Deps): string {
  return Buffer.from(randomBytes(12)).toString('hex')
}

export async function getApplication(deps: Deps, account: Account, id: string): Promise<EntriApplication> {
  const known = readId('app', id)
  const found = known === null ? null : await deps.store.entri.application(account.organization.id, known)
  return found ?? missing(id)
}

export function listApplications(deps: Deps, account: Account, page: PageRequest): Promise<Page<EntriApplication>> {
  return deps.store.entri.listApplications(account.organization.id, page)
}

export async function patchApplication(
  deps: Deps,
  account: Account,
  id: string,
  { secret, webhook_url: webhookUrl, user_id: userId }: EntriApplicationPatchInput,
): Promise<EntriApplication> {
  const application = await getApplication(deps, account, id)
  const next = secret === null ? generateSecret(deps.randomBytes) : secret
  return changeApplication(deps, application, { secret: next, webhookUrl, userId })
}

/** Members that are undefined stay as they are. */
export interface ApplicationChange {
  readonly secret?: string | undefined
  readonly userId?: string | null | undefined
  /** Null takes the hook away, with what it had not delivered. */
  readonly webhookUrl?: string | null | undefined
}

export async function changeApplication(
  deps: Pick<Deps, 'store' | 'rules'>,
  application: EntriApplication,
  change: ApplicationChange,
): Promise<EntriApplication> {
  const { entri } = deps.store
  const { secret, userId } = change
  const edited = await entri.updateApplication(application.orgId, application.id, {
    ...(secret === undefined ? {} : { secret }),
    ...(userId === undefined ? {} : { userId }),
  })
  if (edited === null) return missing(application.applicationId)
  await changeHook(deps, edited, change)
  return (await entri.application(edited.orgId, edited.id)) ?? missing(application.applicationId)
}

async function changeHook(
  deps: Pick<Deps, 'store' | 'rules'>,
  application: EntriApplication,
  { secret, webhookUrl }: ApplicationChange,
): Promise<void> {
  const { id, orgId, webhookId } = application
  const { webhooks, entri } = deps.store
  if (webhookUrl !== undefined && webhookUrl !== null) checkWebhookUrl(deps, webhookUrl)
  if (webhookId === null) {
    if (webhookUrl === undefined || webhookUrl === null) return
    const hook = await webhooks.create(orgId, hookOf(deps, application, webhookUrl), deps.rules.webhooksPerGroup)
    await entri.updateApplication(orgId, id, { webhookId: hook.id })
  } else if (webhookUrl === null) {
    await webhooks.delete(orgId, webhookId)
    await entri.updateApplication(orgId, id, { webhookId: null })
  } else {
    const edit = {
      ...(secret === undefined ? {} : { secret }),
      ...(webhookUrl === undefined ? {} : { url: webhookUrl }),
    }
    // Whoever names a url means it to be used, also when the one before had been given up. First, because it locks all
    // who may hear of it, in their order.
    if (webhookUrl !== undefined) await webhooks.setActive(orgId, webhookId, { isActive: true })
    await webhooks.update(orgId, webhookId, () => edit, deps.rules.webhooksPerGroup)
  }
}

function hookOf({ rules }: Pick<Deps, 'rules'>, { secret }: EntriApplication, url: string): NewWebhook {
  return {
    url,
    method: 'POST',
    headers: [],
    secret,
    callerGaveSecret: true,
    groups: [],
    allGroups: false,
    source: 'entri',
    format: 'entri',
    formatOptions: {},
    filters: { events: ENTRI_EVENT_KINDS, states: [], recordTypes: [], monitors: [] },
    timeoutMs: rules.webhookTimeoutMs,
    isActive: true,
  }
}

function checkWebhookUrl({ rules }: Pick<Deps, 'rules'>, url: string): void {
  try {
    checkTarget(url, { ...rules.targets(), mail: false })
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    throw new RadarError(error.code, error.message, { webhook_url: error.fields?.['url'] ?? error.message })
  }
}

/** How many domains are looked up at a time. */
const SLICE = 100

/** With its domains, its hook and its batches. Its tokens end with it. */
export async function deleteApplication(deps: Deps, account: Account, id: string): Promise<void> {
  const application = await getApplication(deps, account, id)
  await deps.store.entri.lockDomains(application.orgId, application.id)
  await removeDomains(deps, application.orgId, application)
  if (application.webhookId !== null) await deps.store.webhooks.delete(application.orgId, application.webhookId)
  await deps.store.entri.deleteApplication(application.orgId, application.id)
}

async function removeDomains(deps: Deps, orgId: OrganizationId, { id }: EntriApplication): Promise<void> {
  for (;;) {
    const { items } = await deps.store.entri.listDomains(orgId, id, { offset: 0, limit: SLICE })
    if (items.length === 0) return
    for (const domain of items) await removeDomain(deps, orgId, domain)
  }
}

function missing(id: string): never {
  throw notFound('Entri application', id)
}
