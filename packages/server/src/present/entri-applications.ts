/** Applications of the second dialect on the native wire. */
import type { WireEntriApplication } from '@dnsradar/client'
import { type EntriApplication, wireTime } from '@dnsradar/core'

export function presentApplication(application: EntriApplication): WireEntriApplication {
  return {
    uuid: application.id,
    application_id: application.applicationId,
    webhook_url: application.webhookUrl,
    user_id: application.userId,
    created: wireTime(application.created),
  }
}

/** The only time that the secret is shown. */
export function presentNewApplication(application: EntriApplication): WireEntriApplication {
  return { ...presentApplication(application), secret: application.secret }
}
