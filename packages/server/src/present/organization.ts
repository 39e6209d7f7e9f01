/** Organizations on the wire. */
import type { WireOrganization } from '@dnsradar/client'
import { type Organization, wireTime } from '@dnsradar/core'
import type { OwnOrganization } from '../actions/organization.ts'
import { presentLimits } from './me.ts'

export function presentOrganization({ organization, limits, usage }: OwnOrganization): WireOrganization {
  return { ...presentOrganizationAlone(organization), limits: presentLimits(limits), usage }
}

/** As the command line shows it, which counts nothing. */
export function presentOrganizationAlone({
  id,
  name,
  plan,
  created,
}: Organization): Pick<WireOrganization, 'uuid' | 'created' | 'name' | 'plan'> {
  return { uuid: id, created: wireTime(created), name, plan }
}
