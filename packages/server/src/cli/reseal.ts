/** `reseal`: puts all that is sealed at rest under the first key of the ring, so that the others can be dropped. */
import { openForCommand } from '../database.ts'
import type { BatchContext } from './context.ts'

export async function reseal({ output, env }: BatchContext, { json }: { readonly json: boolean }): Promise<number> {
  await using store = await openForCommand(env)
  const counts = await store.sealed.reseal()
  output.out(json ? JSON.stringify(counts, null, 2) : sentence(counts))
  return 0
}

function sentence(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([table, rows]) => `${rows} of ${table}`)
  return `Re-encrypted under the first key of the ring: ${parts.join(', ')}. No other key of the ring is in use now.`
}
