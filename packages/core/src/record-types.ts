/** **The table** of record types: everything that differs between them stands here, one row each. */

/** Types that can be asked for on the wire. */
export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS', 'PTR', 'CAA'] as const
export type RecordType = (typeof RECORD_TYPES)[number]

/** Types that a monitor can have: `SPF` and `DMARC` are TXT records of that family, kept as the user gave them. */
export const MONITOR_TYPES = [...RECORD_TYPES, 'SPF', 'DMARC'] as const
export type MonitorType = (typeof MONITOR_TYPES)[number]
