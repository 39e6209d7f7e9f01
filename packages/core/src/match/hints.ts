/**
 * Hints about the usual accident in TXT data: quotes or backslashes that were meant for a zone file, typed into a
 * control panel that takes text literally, and now part of the record.
 */
import type { Rdata } from '../dns/rdata.ts'
import type { Reason } from '../monitor/verdict.ts'
import { quote, reason } from './words.ts'

/** One reason for each record that would be wanted without them. */
export function explainQuotes(records: readonly Rdata[], wanted: (octets: string) => boolean): readonly Reason[] {
  return records
    .filter((record) => {
      const meant = unquoted(record.key)
      return meant !== record.key && wanted(meant)
    })
    .slice(0, 1)
    .map(({ text }) =>
      reason(
        'bad_syntax',
        `${quote(text)} holds quotes or backslashes as part of its text. Remove them from the zone's data.`,
        text,
      ),
    )
}

function unquoted(octets: string): string {
  const isQuoted = octets.length >= 2 && octets.startsWith('"') && octets.endsWith('"')
  const inner = isQuoted ? octets.slice(1, -1).replaceAll(/" +"/g, '') : octets
  return inner.replaceAll(/\\([;"\\])/g, '$1')
}
