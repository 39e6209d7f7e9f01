/** Webhooks, as users write and read them. Their queues have statements of their own in each engine. */
import {
  RadarError,
  type GroupId,
  type NewWebhook,
  type OrganizationId,
  type Webhook,
  type WebhookEdit,
  type WebhookFilter,
  type WebhookId,
  type Webhooks,
} from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { bit, id, readId, text } from '../rows/columns.ts'
import { configurationColumns, newWebhookRow, readWebhook, secretColumns, type WebhookPlace } from '../rows/webhooks.ts'
import type { Tables, WebhookRow } from '../tables.ts'
import { lockOrganization } from './accounts.ts'
import { atomic, type QueryContext } from './context.ts'
import { retryWebhook, rotateSecret } from './delivery-control.ts'
import { groupsNamed, resolveGroups } from './group-names.ts'
import { lockAudience } from './happenings.ts'
import { fetchPage } from './page.ts'
import { recover } from './recovery.ts'
import { changeActivity, openPause } from './webhook-activity.ts'
import { deleteWebhook, findWebhook, lockWebhook, readWebhooks } from './webhook-rows.ts'

export function webhookQueries(context: QueryContext): Webhooks {
  const { db } = context
  return {
    create: (orgId, webhook, limitPerGroup) =>
      atomic(db, async (trx) => {
        const groups = await groupsOf(context, trx, orgId, webhook)
        if (webhook.source === null) await refuseFullGroups(context, trx, orgId, groups, limitPerGroup)
        return insertWebhook(context, trx, orgId, webhook, groups)
      }),

    subscribe: (orgId, webhook, limit) =>
      atomic(db, async (trx) => {
        // One at a time in an organization, so that asking twice at once makes one and the limit is kept.
        await lockOrganization(trx, orgId)
        const groups = await groupsOf(context, trx, orgId, webhook)
        const existing = await subscriptionAt(trx, orgId, webhook.source, webhook.url)
        if (existing !== undefined) {
          return { webhook: await replaceWebhook(context, trx, orgId, existing, webhook, groups), created: false }
        }
        await refuseMoreSubscriptions(trx, orgId, limit)
        return { webhook: await insertWebhook(context, trx, orgId, webhook, groups), created: true }
      }),

    get: (orgId, webhookId) => findWebhook(context, db, orgId, webhookId),

    async list(orgId, filter, page) {
      const { items, ...edges } = await fetchPage(filtered(db, orgId, filter), 'webhooks.id', page)
      return { ...edges, items: await readWebhooks(context, db, items) }
    },

    update: (orgId, webhookId, edit, limitPerGroup) =>
      atomic(db, async (trx) => {
        // The organization before the webhook, as when subscribing. A source never changes.
        const asItWas = await findWebhook(context, trx, orgId, webhookId)
        if (asItWas !== null && asItWas.source !== null) await lockOrganization(trx, orgId)
        const current = await lockWebhook(context, trx, orgId, webhookId)
        if (current === null) return null
        const change = edit(current)
        await refuseTakenUrl(trx, current, change)
        await writeEdit(context, trx, current, change)
        if (change.groups !== undefined) await joinGroups(context, trx, current, change.groups, limitPerGroup)
        return findWebhook(context, trx, orgId, webhookId)
      }),

    setActive: (orgId, webhookId, change) =>
      atomic(db, async (trx) => {
        await changeActivity(context, trx, { orgId, webhookId }, change)
        return findWebhook(context, trx, orgId, webhookId)
      }),

    delete: (orgId, webhookId) => atomic(db, (trx) => deleteWebhook(context, trx, orgId, webhookId)),

    retry: (orgId, webhookId) => atomic(db, (trx) => retryWebhook(context, trx, { orgId, webhookId })),

    rotateSecret: (orgId, webhookId, rotation) =>
      atomic(db, (trx) => rotateSecret(context, trx, { orgId, webhookId }, rotation)),

    recover: (orgId, webhookId, slice) => atomic(db, (trx) => recover(context, trx, { orgId, webhookId }, slice)),
  }
}

async function insertWebhook(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  webhook: NewWebhook,
  groups: readonly GroupId[],
): Promise<Webhook> {
  const webhookId = context.mint('wh')
  const row = newWebhookRow(webhookId, orgId, webhook, context.keyRing)
  await trx.insertInto('webhooks').values(row).execute()
  await replaceGroups(trx, { orgId, webhookId }, groups)
  if (!webhook.isActive) await openPause(trx, { orgId, webhookId }, row.created, 'manual')
  return readWebhook(row, { groups: groups.map(id), pending: 0 }, context.keyRing)
}

/** Activity last: who hears of it sees the webhook as it is from now on. */
async function replaceWebhook(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  webhookId: WebhookId,
  webhook: NewWebhook,
  groups: readonly GroupId[],
): Promise<Webhook> {
  await lockAudience(context, trx, orgId, id(webhookId))
  const place = { orgId, webhookId }
  await writeColumns(trx, place, {
    ...configurationColumns(place, webhook, context.keyRing),
    ...secretColumns(place, webhook, context.keyRing),
  })
  await replaceGroups(trx, place, groups)
  const change = webhook.isActive ? ({ isActive: true } as const) : ({ isActive: false, reason: 'manual' } as const)
  await changeActivity(context, trx, place, change)
  const replaced = await findWebhook(context, trx, orgId, webhookId)
  if (replaced === null) throw new Error('a locked webhook is gone')
  return replaced
}

async function writeColumns(
  trx: Kysely<Tables>,
  { orgId, webhookId }: WebhookPlace,
  columns: Partial<WebhookRow>,
): Promise<void> {
  await trx
    .updateTable('webhooks')
    .set(columns)
    .where('org_id', '=', id(orgId))
    .where('id', '=', id(webhookId))
    .execute()
}

async function replaceGroups(trx: Kysely<Tables>, place: WebhookPlace, groups: readonly GroupId[]): Promise<void> {
  const [org_id, webhook_id] = [id(place.orgId), id(place.webhookId)]
  await trx.deleteFrom('webhook_groups').where('org_id', '=', org_id).where('webhook_id', '=', webhook_id).execute()
  const links = groups.map((groupId) => ({ org_id, webhook_id, group_id: id(groupId) }))
  if (links.length > 0) await trx.insertInto('webhook_groups').values(links).execute()
}

/** Whose columns are left out stay as they are; a new secret is the caller's own. */
async function writeEdit(
  { keyRing }: QueryContext,
  trx: Kysely<Tables>,
  current: Webhook,
  { secret, ...change }: WebhookEdit,
): Promise<void> {
  const place = { orgId: current.orgId, webhookId: current.id }
  await writeColumns(trx, place, {
    ...configurationColumns(place, { ...current, ...change }, keyRing),
    ...(secret === undefined ? {} : secretColumns(place, { secret, callerGaveSecret: true }, keyRing)),
  })
}

/** Only groups that the webhook was not in can be too full for it. */
async function joinGroups(
  context: QueryContext,
  trx: Kysely<Tables>,
  current: Webhook,
  names: readonly string[],
  limitPerGroup: number,
): Promise<void> {
  const resolved = await resolveGroups(context, trx, current.orgId, names)
  const groups = [...new Set(resolved.values())].toSorted()
  const joined = groups.filter((group) => !current.groups.includes(group))
  if (current.source === null) await refuseFullGroups(context, trx, current.orgId, joined, limitPerGroup)
  await replaceGroups(trx, { orgId: current.orgId, webhookId: current.id }, groups)
}

async function subscriptionAt(
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  source: string,
  url: string,
): Promise<WebhookId | undefined> {
  const row = await trx
    .selectFrom('webhooks')
    .select('id')
    .where('org_id', '=', id(orgId))
    .where('source', '=', source)
    .where('url', '=', text(url))
    .orderBy('id')
    .executeTakeFirst()
  return row === undefined ? undefined : readId('wh', row.id)
}

async function refuseMoreSubscriptions(trx: Kysely<Tables>, orgId: OrganizationId, limit: number): Promise<void> {
  const { count } = await trx
    .selectFrom('webhooks')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('org_id', '=', id(orgId))
    .where('source', 'is not', null)
    .executeTakeFirstOrThrow()
  if (count < limit) return
  throw new RadarError(
    'subscription_limit',
    `There are already ${count} subscriptions, and ${limit} is the limit. Delete some, or let the operator raise DNSRADAR_SUBSCRIPTIONS.`,
  )
}

/** A source and a url name one subscription; hooks of Entri applications are told apart by their applications. */
async function refuseTakenUrl(trx: Kysely<Tables>, current: Webhook, { url }: WebhookEdit): Promise<void> {
  if (current.source === null || current.source === 'entri' || url === undefined) return
  const holder = await subscriptionAt(trx, current.orgId, current.source, url)
  if (holder === undefined || holder === current.id) return
  const message = `There is another ${current.source} subscription with this url, ${holder}. Delete it, or give another url.`
  throw new RadarError('conflict', message, { url: message })
}

/** A webhook for all groups that names none belongs to none in particular. */
async function groupsOf(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  webhook: NewWebhook,
): Promise<readonly GroupId[]> {
  const names = webhook.groups ?? (webhook.allGroups ? [] : [null])
  const resolved = await resolveGroups(context, trx, orgId, names)
  return [...new Set(resolved.values())].toSorted()
}

/** Group rows are locked in the order of their ids, so that two webhooks cannot both take a group's last place. */
async function refuseFullGroups(
  { engine }: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  groups: readonly GroupId[],
  limit: number,
): Promise<void> {
  for (const groupId of groups) {
    const { slug } = await trx
      .selectFrom('groups')
      .select('slug')
      .where('org_id', '=', id(orgId))
      .where('id', '=', id(groupId))
      .$if(engine.locksRows, (query) => query.forNoKeyUpdate())
      .executeTakeFirstOrThrow()
    const { count } = await trx
      .selectFrom('webhook_groups as g')
      .innerJoin('webhooks as w', (join) => join.onRef('w.org_id', '=', 'g.org_id').onRef('w.id', '=', 'g.webhook_id'))
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('g.org_id', '=', id(orgId))
      .where('g.group_id', '=', id(groupId))
      .where('w.source', 'is', null)
      .executeTakeFirstOrThrow()
    if (count < limit) continue
    const message = `The group ${JSON.stringify(slug)} already has ${count} webhooks, and ${limit} is the limit. Delete one of them or name another group.`
    throw new RadarError('group_webhook_limit', message, { groups: message })
  }
}

function filtered(db: Kysely<Tables>, orgId: OrganizationId, filter: WebhookFilter) {
  let query = db.selectFrom('webhooks').selectAll().where('org_id', '=', id(orgId))
  if (filter.url !== undefined) query = query.where('url', '=', text(filter.url))
  if (filter.source !== undefined) query = query.where('source', '=', filter.source)
  if (filter.isActive !== undefined) query = query.where('is_active', '=', bit(filter.isActive))
  if (filter.group !== undefined) {
    const named = groupsNamed(db, orgId, filter.group)
    const members = db
      .selectFrom('webhook_groups')
      .select('webhook_id')
      .where('org_id', '=', id(orgId))
      .where('group_id', 'in', named)
    // Who hears of the group, as `planDelivery` has it; of one that is not there nobody does.
    query = query.where((is) => is.or([is('id', 'in', members), is.and([is('all_groups', '=', 1), is.exists(named)])]))
  }
  return query
}
