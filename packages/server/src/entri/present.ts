/**
 * What the Entri dialect shows. Its document leaves these shapes open, so all of them stand here and nowhere else.
 */
import {
  type BatchItem,
  type DeclaredRecord,
  type EntriBatch,
  type EntriCounts,
  type EntriDomain,
  type EntriRecord,
  wireTime,
} from '@dnsradar/core'

export function presentDomain(domain: EntriDomain) {
  return {
    domain: domain.domain,
    user_id: domain.userId,
    created_at: wireTime(domain.created),
    updated_at: wireTime(domain.updated),
    monitor_status: statusOf(domain.records),
    dnsRecords: domain.records.map(presentRecord),
  }
}

export function presentWritten(domain: EntriDomain, message: string) {
  return { ...presentDomain(domain), message }
}

export function presentRecords({ domain, records }: EntriDomain) {
  return { domain, dnsRecords: records.map(presentRecord) }
}

export function presentWrittenRecords(domain: EntriDomain, message: string) {
  return { ...presentRecords(domain), message }
}

export function presentDeleted({ domain }: EntriDomain) {
  return { domain, message: 'The domain is not monitored any more.' }
}

export function presentList(
  { items, total }: { readonly items: readonly EntriDomain[]; readonly total: number },
  { offset, limit }: { readonly offset: number; readonly limit: number },
) {
  return { domains: items.map(presentDomain), total, offset, limit }
}

function presentRecord({
  record: { type, host, value, ttl, priority },
}: DeclaredRecord): Omit<EntriRecord, 'priority'> & { priority?: string | number } {
  return { type, host, value, ttl, ...(priority === null ? {} : { priority }) }
}

/** A record that was switched off is not monitored, whatever was seen of it before. */
function statusOf(records: readonly DeclaredRecord[]): 'pending' | 'success' | 'failed' {
  if (records.some(({ isActive }) => !isActive)) return 'failed'
  return records.some(({ lastChecked }) => lastChecked === null) ? 'pending' : 'success'
}

export function presentBatch({ id, items }: EntriBatch) {
  return { request_id: id, status: batchStatus(items), total: items.length }
}

export function presentBatchStatus(batch: EntriBatch) {
  const { items } = batch
  const failed = items.filter(({ status }) => status === 'failed').length
  return {
    ...presentBatch(batch),
    processed: items.filter(isProcessed).length,
    failed,
    results: items.map((item) => ({
      domain: item.domain,
      status: item.status,
      ...(item.status === 'failed' ? { error: item.error } : {}),
    })),
  }
}

function isProcessed({ status }: BatchItem): boolean {
  return status !== 'pending'
}

/** Failed as a whole is only what came to nothing. */
function batchStatus(items: readonly BatchItem[]): 'pending' | 'processing' | 'completed' | 'failed' {
  const processed = items.filter(isProcessed)
  if (processed.length === 0) return 'pending'
  if (processed.length < items.length) return 'processing'
  return items.every(({ status }) => status === 'failed') ? 'failed' : 'completed'
}

export function presentCounts({ domains, records, missing, lastChecked }: EntriCounts) {
  return { domains, records, missing, last_check: lastChecked === null ? null : wireTime(lastChecked) }
}
