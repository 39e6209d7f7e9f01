/** Applications of the Entri dialect, and the hooks that cover what they declared. */
import { RadarError, timeOf, type ApplicationId, type Entri, type OrganizationId, type WebhookId } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id, text, textOrNull } from '../rows/columns.ts'
import { readOrganization } from '../rows/accounts.ts'
import { readApplication, sealedSecret } from '../rows/entri.ts'
import type { Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'
import { fetchPage, mapPage } from './page.ts'

type ApplicationQueries = Pick<
  Entri,
  | 'createApplication'
  | 'listApplications'
  | 'application'
  | 'findApplication'
  | 'updateApplication'
  | 'deleteApplication'
>

export function applicationQueries({ db, mint, keyRing }: QueryContext): ApplicationQueries {
  return {
    async createApplication(orgId, { applicationId, secret, userId }) {
      const app = mint('app')
      const row = {
        id: id(app),
        org_id: id(orgId),
        application_id: text(applicationId),
        secret: sealedSecret({ id: app, orgId }, secret, keyRing),
        webhook_id: null,
        user_id: textOrNull(userId),
        created: timeOf(app),
      }
      const made = await db
        .insertInto('entri_applications')
        .values(row)
        .onConflict((conflict) => conflict.column('application_id').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (made === undefined) throw applicationIdTaken()
      return readApplication({ ...row, url: null }, keyRing)
    },

    async listApplications(orgId, page) {
      const rows = applications(db).where('a.org_id', '=', id(orgId))
      return mapPage(await fetchPage(rows, 'a.id', page), (row) => readApplication(row, keyRing))
    },

    async application(orgId, app) {
      const row = await applications(db)
        .where('a.org_id', '=', id(orgId))
        .where('a.id', '=', id(app))
        .executeTakeFirst()
      return row === undefined ? null : readApplication(row, keyRing)
    },

    async findApplication(applicationId) {
      // One statement: every request of the dialect begins with this one.
      const row = await applications(db)
        .innerJoin('organizations as o', 'o.id', 'a.org_id')
        .select(['o.name', 'o.plan', 'o.created as founded'])
        .where('a.application_id', '=', text(applicationId))
        .executeTakeFirst()
      if (row === undefined) return null
      const { org_id, name, plan, founded } = row
      return {
        application: readApplication(row, keyRing),
        organization: readOrganization({ id: org_id, name, plan, created: founded }),
      }
    },

    updateApplication: (orgId, app, { secret, userId, webhookId }) =>
      atomic(db, async (trx) => {
        await trx
          .updateTable('entri_applications')
          .set((column) => ({
            secret: secret === undefined ? column.ref('secret') : sealedSecret({ id: app, orgId }, secret, keyRing),
            user_id: userId === undefined ? column.ref('user_id') : textOrNull(userId),
            webhook_id: webhookId === undefined ? column.ref('webhook_id') : webhookId === null ? null : id(webhookId),
          }))
          .where('org_id', '=', id(orgId))
          .where('id', '=', id(app))
          .execute()
        if (webhookId !== undefined && webhookId !== null) await coverDomains(trx, { orgId, app, webhookId })
        const row = await applications(trx)
          .where('a.org_id', '=', id(orgId))
          .where('a.id', '=', id(app))
          .executeTakeFirst()
        return row === undefined ? null : readApplication(row, keyRing)
      }),

    async deleteApplication(orgId, app) {
      await db.deleteFrom('entri_applications').where('org_id', '=', id(orgId)).where('id', '=', id(app)).execute()
    },
  }
}

function applications(db: Kysely<Tables>) {
  return db
    .selectFrom('entri_applications as a')
    .leftJoin('webhooks as w', (join) => join.onRef('w.org_id', '=', 'a.org_id').onRef('w.id', '=', 'a.webhook_id'))
    .select(['a.id', 'a.org_id', 'a.application_id', 'a.secret', 'a.webhook_id', 'a.user_id', 'a.created', 'w.url'])
}

async function coverDomains(
  trx: Kysely<Tables>,
  {
    orgId,
    app,
    webhookId,
  }: { readonly orgId: OrganizationId; readonly app: ApplicationId; readonly webhookId: WebhookId },
): Promise<void> {
  const domains = await trx
    .selectFrom('entri_domains')
    .select('group_id')
    .where('org_id', '=', id(orgId))
    .where('application_id', '=', id(app))
    .execute()
  for (const { group_id } of domains) await coverGroup(trx, orgId, webhookId, group_id)
}

export async function coverGroup(
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  webhookId: WebhookId,
  group_id: Uint8Array,
): Promise<void> {
  await trx
    .insertInto('webhook_groups')
    .values({ org_id: id(orgId), webhook_id: id(webhookId), group_id })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function applicationIdTaken(): RadarError {
  const message = 'is taken by another application; give another one, or leave it out'
  return new RadarError('conflict', `application_id ${message}.`, { application_id: message })
}
