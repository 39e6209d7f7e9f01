/** What a living domain has, found with the progress shown: for `import name` and `watch`. */
import { randomBytes } from 'node:crypto'
import { ownerName } from '@dnsradar/core/dns/name'
import { type Ask, type Discovery, discover } from '../import/discover.ts'
import type { Output } from './output.ts'
import { createProgress } from './progress.ts'

/** So many octets that no zone has this label by chance. */
const PROBE_OCTETS = 10

export function discoverName(output: Output, ask: Ask, name: string): Promise<Discovery> {
  const progress = createProgress(output, { label: 'asking', unit: 'questions' })
  return discover(ask, ownerName(name, null), {
    probe: randomBytes(PROBE_OCTETS).toString('hex'),
    onProgress: (done, total) => progress.show({ done, total }),
  }).finally(progress.clear)
}
