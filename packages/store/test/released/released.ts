/** What is kept of a release beside its database. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { MonitorId, OrganizationId, WebhookId } from '@dnsradar/core'

export interface Released {
  /** The key ring that its secrets are sealed with. */
  readonly key: string
  /** Epoch milliseconds when it was written. */
  readonly now: number
  readonly organization: OrganizationId
  readonly monitor: MonitorId
  readonly webhook: WebhookId
  /** SHA-256 of each migration by its path below `src`. */
  readonly migrations: Readonly<Record<string, string>>
}

const SRC = new URL('../../src/', import.meta.url)

export async function digests(): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const engine of ['postgres', 'sqlite']) {
    const folder = `${engine}/migrations/`
    for (const name of (await readdir(new URL(folder, SRC))).toSorted()) {
      const text = await readFile(new URL(folder + name, SRC))
      found[folder + name] = createHash('sha256').update(text).digest('hex')
    }
  }
  return found
}
