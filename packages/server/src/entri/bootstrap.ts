/** The operator's own Entri application: made at the first start, brought up to date at each one after it. */
import { type Entri, type EntriApplication, RadarError, type Organization, type Store } from '@dnsradar/core'
import { changeApplication } from '../actions/entri-applications.ts'
import type { Config } from '../config.ts'
import type { Rules } from '../deps.ts'
import { StartError } from '../start-error.ts'

/** Throws `StartError` when the id belongs to another organization, or the url is no target. */
export async function bootstrapApplication(
  deps: { readonly store: Store; readonly rules: Rules },
  organization: Organization,
  { entriApplicationId: applicationId, entriSecret: secret, entriWebhookUrl }: Config,
): Promise<void> {
  if (applicationId === null || secret === null) return
  try {
    await deps.store.transaction(async (store) => {
      const application = await findOrMake(store.entri, organization, { applicationId, secret })
      await changeApplication({ ...deps, store }, application, {
        secret: application.secret === secret ? undefined : secret,
        webhookUrl: changedUrl(application, entriWebhookUrl),
      })
    })
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    throw new StartError(`The Entri application of the settings cannot be made: ${error.message}`)
  }
}

/** Of processes that start together one makes it. */
async function findOrMake(
  entri: Entri,
  { id: orgId }: Organization,
  { applicationId, secret }: Pick<EntriApplication, 'applicationId' | 'secret'>,
): Promise<EntriApplication> {
  const ours = async (): Promise<EntriApplication | null> => {
    const found = await entri.findApplication(applicationId)
    if (found !== null && found.organization.id !== orgId) throw takenElsewhere()
    return found?.application ?? null
  }
  const known = await ours()
  if (known !== null) return known
  return entri.createApplication(orgId, { applicationId, secret, userId: null }).catch(async (error: unknown) => {
    const made = await ours()
    if (made === null) throw error
    return made
  })
}

/** A start does not enable a hook that somebody disabled. */
function changedUrl({ webhookUrl }: EntriApplication, wanted: string | null): string | undefined {
  return wanted === null || wanted === webhookUrl ? undefined : wanted
}

function takenElsewhere(): RadarError {
  return new RadarError('conflict', 'DNSRADAR_ENTRI_APPLICATION_ID belongs to another organization; name another one.')
}
