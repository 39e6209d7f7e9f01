/** **The table** of routes of the Entri dialect. `POST /token`, which needs no token, stands beside it. */
import { BULK_BODY_LIMIT } from '../http/body.ts'
import { importDomain } from './import.ts'
import { createBatch, findBatch } from './batches.ts'
import { addDomain, addRecords, deleteDomain, findDomain, removeRecords, replaceRecords } from './domains.ts'
import {
  presentBatch,
  presentBatchStatus,
  presentCounts,
  presentDeleted,
  presentDomain,
  presentList,
  presentRecords,
  presentWritten,
  presentWrittenRecords,
} from './present.ts'
import { entriRoute, type EntriRoute } from './route.ts'
import {
  Batch,
  BatchBody,
  BatchStatus,
  DEFAULT_LIMIT,
  DeletedDomain,
  Domain,
  DomainList,
  DomainListQuery,
  DomainNameBody,
  DomainPatchBody,
  Health,
  ImportBody,
  NewDomainBody,
  NewRecordsBody,
  RecordNamesBody,
  Records,
  Status,
  WrittenDomain,
  WrittenRecords,
} from './schemas.ts'

const domains: readonly EntriRoute[] = [
  entriRoute({
    method: 'GET',
    path: '/monitor/domains',
    id: 'listDomains',
    summary: 'List domains, the oldest first',
    tag: 'Domains',
    query: DomainListQuery,
    response: DomainList,
    handler: async ({ deps, caller, query }) => {
      const { offset = 0, limit = DEFAULT_LIMIT, from_date, to_date } = query
      const created = { ...(from_date && { from: from_date.from }), ...(to_date && { until: to_date.until }) }
      const { orgId, id } = caller.application
      const list = await deps.store.entri.listDomains(orgId, id, { created, offset, limit })
      return presentList(list, { offset, limit })
    },
  }),
  entriRoute({
    method: 'POST',
    path: '/monitor/domains',
    id: 'addDomain',
    summary: 'Monitor a domain',
    tag: 'Domains',
    writes: 'entri_domain.create',
    body: NewDomainBody,
    response: WrittenDomain,
    handler: async ({ deps, caller, body: { domain, dnsRecords: records, user_id: userId } }) =>
      presentWritten(await addDomain(deps, caller, { domain, records, userId }), 'The domain is monitored.'),
  }),
  entriRoute({
    method: 'PUT',
    path: '/monitor/domains',
    id: 'updateDomain',
    summary: 'Replace the records of a domain, or whose it is',
    tag: 'Domains',
    writes: 'entri_domain.update',
    body: DomainPatchBody,
    response: WrittenDomain,
    handler: async ({ deps, caller, body: { domain, dnsRecords: records, user_id: userId } }) =>
      presentWritten(await replaceRecords(deps, caller, domain, { records, userId }), 'The domain is updated.'),
  }),
  entriRoute({
    method: 'DELETE',
    path: '/monitor/domains',
    id: 'deleteDomain',
    summary: 'Monitor a domain no longer',
    tag: 'Domains',
    writes: 'entri_domain.delete',
    body: DomainNameBody,
    response: DeletedDomain,
    handler: async ({ deps, caller, body }) => presentDeleted(await deleteDomain(deps, caller, body.domain)),
  }),
  entriRoute({
    method: 'GET',
    path: '/monitor/domains/:domain_name',
    id: 'getDomain',
    summary: 'Get a domain',
    tag: 'Domains',
    response: Domain,
    handler: async ({ deps, caller, params }) =>
      presentDomain(await findDomain(deps, caller, params['domain_name'] ?? '')),
  }),
  entriRoute({
    method: 'POST',
    path: '/monitor/import',
    id: 'importConfiguration',
    summary: 'Monitor what a Connect configuration flags with `monitor: true`, as a whole or record by record',
    tag: 'Domains',
    writes: 'entri_domain.import',
    body: ImportBody,
    response: WrittenDomain,
    handler: async ({ deps, caller, body }) =>
      presentWritten(await importDomain(deps, caller, body), 'The flagged records are monitored.'),
  }),
]

const records: readonly EntriRoute[] = [
  entriRoute({
    method: 'GET',
    path: '/monitor/domains/:domain_name/records',
    id: 'listRecords',
    summary: 'List the monitored records of a domain',
    tag: 'Records',
    response: Records,
    handler: async ({ deps, caller, params }) =>
      presentRecords(await findDomain(deps, caller, params['domain_name'] ?? '')),
  }),
  entriRoute({
    method: 'POST',
    path: '/monitor/domains/:domain_name/records',
    id: 'addRecords',
    summary: 'Monitor more records of a domain',
    tag: 'Records',
    writes: 'entri_domain.add_records',
    body: NewRecordsBody,
    response: WrittenRecords,
    handler: async ({ deps, caller, params, body }) =>
      presentWrittenRecords(
        await addRecords(deps, caller, params['domain_name'] ?? '', body.dnsRecords),
        'The records are monitored.',
      ),
  }),
  entriRoute({
    method: 'PUT',
    path: '/monitor/domains/:domain_name/records',
    id: 'replaceRecords',
    summary: 'Monitor these records of a domain and no others',
    tag: 'Records',
    writes: 'entri_domain.replace_records',
    body: NewRecordsBody,
    response: WrittenRecords,
    handler: async ({ deps, caller, params, body: { dnsRecords } }) =>
      presentWrittenRecords(
        await replaceRecords(deps, caller, params['domain_name'] ?? '', { records: dnsRecords }),
        'The records are updated.',
      ),
  }),
  entriRoute({
    method: 'DELETE',
    path: '/monitor/domains/:domain_name/records',
    id: 'removeRecords',
    summary: 'Monitor some records of a domain no longer',
    tag: 'Records',
    writes: 'entri_domain.remove_records',
    body: RecordNamesBody,
    response: WrittenRecords,
    handler: async ({ deps, caller, params, body }) =>
      presentWrittenRecords(
        await removeRecords(deps, caller, params['domain_name'] ?? '', body.dnsRecords),
        'The records are not monitored any more.',
      ),
  }),
]

const batches: readonly EntriRoute[] = [
  entriRoute({
    method: 'POST',
    path: '/monitor/domains/batch',
    id: 'addDomains',
    summary: 'Monitor many domains; they are added in the background',
    tag: 'Batch',
    writes: 'entri_batch.create',
    body: BatchBody,
    bodyLimit: BULK_BODY_LIMIT,
    response: Batch,
    handler: async ({ deps, caller, body }) => presentBatch(await createBatch(deps, caller, body.domains)),
  }),
  entriRoute({
    method: 'GET',
    path: '/monitor/domains/batch/status/:request_id',
    id: 'getBatchStatus',
    summary: 'What became of a batch',
    tag: 'Batch',
    response: BatchStatus,
    handler: async ({ deps, caller, params }) =>
      presentBatchStatus(await findBatch(deps, caller, params['request_id'] ?? '')),
  }),
]

const service: readonly EntriRoute[] = [
  entriRoute({
    method: 'GET',
    path: '/monitor/health',
    id: 'isHealthy',
    summary: 'Does the service answer',
    tag: 'Service',
    response: Health,
    handler: async () => ({ status: 'ok' as const }),
  }),
  entriRoute({
    method: 'GET',
    path: '/monitor/status',
    id: 'getStatus',
    summary: 'How many domains and records there are, and how many records are missing',
    tag: 'Service',
    response: Status,
    handler: async ({ deps, caller: { application } }) =>
      presentCounts(await deps.store.entri.counts(application.orgId, application.id)),
  }),
]

/** Batches before domains: `batch` would be taken for the name of one. */
export const ENTRI_ROUTES: readonly EntriRoute[] = [...batches, ...domains, ...records, ...service]
