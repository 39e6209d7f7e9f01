/** What the Entri dialect keeps of its own: applications, what they declared, and what waits to be done for them. */
import type { EntriRecord } from '../entri/record.ts'
import type { ApplicationId, BatchId, GroupId, MonitorId, OrganizationId, WebhookId } from '../ids.ts'
import type { MonitorState } from '../monitor/state.ts'
import type { Organization } from './accounts.ts'
import type { Page, PageRequest, TimeRange } from './lists.ts'

export interface EntriApplication {
  readonly id: ApplicationId
  readonly orgId: OrganizationId
  /** What the application calls itself. No other of the installation has the same. */
  readonly applicationId: string
  readonly secret: string
  /** Its hook, which covers the groups of its own domains; null while it has none. */
  readonly webhookId: WebhookId | null
  readonly webhookUrl: string | null
  /** Whose domains are when nobody says; null stands for the application itself. */
  readonly userId: string | null
  readonly created: number
}

export type NewEntriApplication = Pick<EntriApplication, 'applicationId' | 'secret' | 'userId'>
/** Members left out stay as they are. A hook that comes to the application covers all of its domains. */
export type EntriApplicationEdit = Partial<Pick<EntriApplication, 'secret' | 'userId' | 'webhookId'>>

/** A declared record, and how its monitor stands. */
export interface DeclaredRecord {
  readonly monitorId: MonitorId
  readonly record: EntriRecord
  readonly state: MonitorState
  readonly isActive: boolean
  readonly lastChecked: number | null
}

export interface EntriDomain {
  readonly groupId: GroupId
  readonly domain: string
  readonly userId: string
  readonly created: number
  readonly updated: number
  /** In the order in which they were declared. */
  readonly records: readonly DeclaredRecord[]
}

export interface NewEntriDomain {
  readonly application: Pick<EntriApplication, 'id' | 'webhookId'>
  /** Of kind `entri`, and this domain's alone. */
  readonly groupId: GroupId
  readonly domain: string
  readonly userId: string
}

export interface EntriDomainList {
  readonly created?: TimeRange
  readonly offset: number
  readonly limit: number
}

/** Over the active monitors of an application. */
export interface EntriCounts {
  readonly domains: number
  readonly records: number
  /** Records that are not as declared. */
  readonly missing: number
  readonly lastChecked: number | null
}

/** What may be said of one domain of a batch. */
export type BatchItemOutcome =
  | { readonly status: 'completed' }
  /** `error` is for the application to read. */
  | { readonly status: 'failed'; readonly error: string }

export type BatchItem = { readonly domain: string } & ({ readonly status: 'pending' } | BatchItemOutcome)

export interface EntriBatch {
  readonly id: BatchId
  /** In the order in which they were sent. */
  readonly items: readonly BatchItem[]
}

export interface NewBatchItem {
  /** As far as it can be told; only for showing. */
  readonly domain: string
  /** JSON as it was sent: judged when it is its turn. */
  readonly body: unknown
}

export interface Entri {
  /** Refuses with `conflict` when the application id is taken. */
  createApplication(orgId: OrganizationId, application: NewEntriApplication): Promise<EntriApplication>
  listApplications(orgId: OrganizationId, page: PageRequest): Promise<Page<EntriApplication>>
  application(orgId: OrganizationId, id: ApplicationId): Promise<EntriApplication | null>
  /** Across organizations: this is where the organization of a request comes from. */
  findApplication(applicationId: string): Promise<{ application: EntriApplication; organization: Organization } | null>
  /** Null when there is no such application. */
  updateApplication(
    orgId: OrganizationId,
    id: ApplicationId,
    edit: EntriApplicationEdit,
  ): Promise<EntriApplication | null>
  /** With its batches. Its domains have to be gone. */
  deleteApplication(orgId: OrganizationId, id: ApplicationId): Promise<void>

  /** The hook of the application covers the domain from now on. */
  addDomain(orgId: OrganizationId, domain: NewEntriDomain): Promise<void>
  domain(orgId: OrganizationId, application: ApplicationId, domain: string): Promise<EntriDomain | null>
  /** The same, and nobody else writes it or records looks at its records before the end of the transaction. */
  lockDomain(orgId: OrganizationId, application: ApplicationId, domain: string): Promise<EntriDomain | null>
  /** The same for all domains of an application: before several are deleted in one transaction. */
  lockDomains(orgId: OrganizationId, application: ApplicationId): Promise<void>
  /** Oldest first. `total` counts all that the filter lets through. */
  listDomains(
    orgId: OrganizationId,
    application: ApplicationId,
    list: EntriDomainList,
  ): Promise<{ readonly items: readonly EntriDomain[]; readonly total: number }>
  /** Notes that the domain was written now, and whose it is when that is given. */
  touchDomain(orgId: OrganizationId, groupId: GroupId, change: { readonly userId?: string }): Promise<void>
  /** How these monitors were declared; what was known of them before is replaced. */
  declareRecords(
    orgId: OrganizationId,
    groupId: GroupId,
    records: readonly { readonly monitorId: MonitorId; readonly record: EntriRecord }[],
  ): Promise<void>
  counts(orgId: OrganizationId, application: ApplicationId): Promise<EntriCounts>

  createBatch(orgId: OrganizationId, application: ApplicationId, items: readonly NewBatchItem[]): Promise<EntriBatch>
  batch(orgId: OrganizationId, application: ApplicationId, id: BatchId): Promise<EntriBatch | null>
  /** False when the item is settled already, or gone: whoever meant to settle it must do nothing then. */
  settleBatchItem(
    batch: Pick<ClaimedBatch, 'id' | 'orgId'>,
    position: number,
    outcome: BatchItemOutcome,
  ): Promise<boolean>
}

export interface ClaimedBatch {
  readonly id: BatchId
  readonly orgId: OrganizationId
  readonly application: ApplicationId
  /** What is not settled yet. */
  readonly items: readonly (NewBatchItem & { readonly position: number })[]
}

/** Batches of all organizations, for whoever works on them. */
export interface EntriBatches {
  /**
   * Leases the open batch that has waited longest; null when none waits. A process that dies costs one lease. Items are
   * settled once, whoever works on them, so a lease that ends early costs work and nothing else.
   */
  claim(leaseMs: number): Promise<ClaimedBatch | null>
  /** Ends a lease early. A batch with nothing left to settle is closed. */
  release(batch: Pick<ClaimedBatch, 'id' | 'orgId'>): Promise<void>
}
