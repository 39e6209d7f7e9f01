/**
 * What a bulk create costs, over HTTP on loopback and with every write that belongs to it: `node bench/api.ts`.
 *
 * The goal is 100 ms at the median for 1000 monitors on SQLite in a file.
 */
import { startRadar } from '@dnsradar/test/radar'

const ROUNDS = 15
const MONITORS = 1000

await using radar = await startRadar()
for (const query of ['', '?dry_run=true']) {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) times.push(await createBulk(query, round))
  const [median = 0] = times.toSorted((a, b) => a - b).slice(ROUNDS >> 1)
  const worst = Math.max(...times)
  console.log(`POST /monitors/bulk${query}, ${MONITORS}: median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`)
}

/** Milliseconds until the whole answer is there. */
async function createBulk(query: string, round: number): Promise<number> {
  const monitors = Array.from({ length: MONITORS }, (_, i) => ({
    domain: `customer${round}-${i}.example.com`,
    subdomain: 'mail',
    record_type: 'MX',
    expected_value: ['10 mx1.example.net', '20 mx2.example.net'],
    external_id: `${query}-${round}-${i}`,
    metadata: { customer: `${i}` },
  }))
  const body = JSON.stringify({ group: 'bench', is_active: false, monitors })
  const started = performance.now()
  const response = await fetch(`${radar.url}/monitors/bulk${query}`, {
    method: 'POST',
    headers: { 'X-API-Key': radar.key, 'Content-Type': 'application/json' },
    body,
  })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`the bulk was answered ${response.status}`)
  return performance.now() - started
}
