/**
 * Whether a server that is left alone stays as it is: `pnpm test:soak [--minutes 30] [--monitors 50000]`.
 *
 * Every monitor changes whenever the zone does, receivers misbehave, the process is stopped and killed in turns, old
 * logs are purged and given-up webhooks enabled, as an operator would. In the second half the process is left alone.
 * Neither its memory and handles there, nor the size of the files and how late checks are over the whole time, may grow:
 * the last third is held against the first. Exit code 1 when one does.
 */
import { readdirSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sqliteDatabase } from '@dnsradar/test/databases'
import { runRadar, spawnRadar } from '@dnsradar/test/radar'
import type { RadarProcess } from '@dnsradar/test/radar-process'
import { type Responder, startResponder } from './dns-ceilings.ts'
import { residentMegabytes } from './process-figures.ts'
import { median, shown } from './rounds.ts'
import { fillFile } from './scale-data.ts'
import { settingsFor, untilAllLookedAt } from './server-settings.ts'
import { type Sink, startSink } from './sink.ts'
import { type Receivers, startReceivers } from './soak-receivers.ts'

const { values: flags } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, monitors: { type: 'string', default: '50000' } },
})
const MINUTES = Number(flags.minutes)
const MONITORS = Number(flags.monitors)

const KEY = `sk_${'soak'.repeat(10)}`
const FREQUENCY = 5
const HEALTHY_GROUPS = 40
const SAMPLE_MS = 10_000
/** Samples of a process that has just started say nothing of one that has been running. */
const SETTLE_MS = 60_000
const FLIP_MS = 120_000
const CARE_MS = 60_000
const RESTART_MS = 4 * 60_000
/** Before the first check: the server starts. */
const REST_MS = 10_000

interface Sample {
  readonly at: number
  /** Since the process started. */
  readonly age: number
  /** How many processes there were before it. */
  readonly restarts: number
  readonly megabytes: number
  readonly handles: number
  readonly fileMegabytes: number
  readonly overdueMs: number
}

interface World {
  readonly settings: Readonly<Record<string, string>>
  readonly file: string
  readonly responder: Responder
  readonly sink: Sink
}

interface Limit {
  readonly what: string
  readonly of: (sample: Sample) => number
  /** Of one process, or of what all of them leave behind. */
  readonly over: 'the last life' | 'all lives'
  /** What may be at the end for each at the beginning, and how much more by itself. */
  readonly ratio: number
  readonly slack: number
}

const LIMITS: readonly Limit[] = [
  { what: 'memory, MB', of: ({ megabytes }) => megabytes, over: 'the last life', ratio: 1.2, slack: 20 },
  { what: 'handles', of: ({ handles }) => handles, over: 'the last life', ratio: 1.2, slack: 20 },
  { what: 'files, MB', of: ({ fileMegabytes }) => fileMegabytes, over: 'all lives', ratio: 1.25, slack: 10 },
  { what: 'overdue, ms', of: ({ overdueMs }) => overdueMs, over: 'all lives', ratio: 1.5, slack: 2000 },
]

await using stack = new AsyncDisposableStack()
const responder = stack.use(await startResponder())
const sink = stack.use(await startSink())
const receivers = stack.use(await startReceivers())
const database = stack.use(await sqliteDatabase())
const file = (database.settings['DATABASE_URL'] ?? '').replace('sqlite:', '')
const world: World = { settings: settingsOf(), file, responder, sink }
await prepare(world, receivers)
const samples = await soak(world)
process.exitCode = judge(samples) ? 0 : 1

function settingsOf(): Record<string, string> {
  return {
    ...settingsFor(database, responder, KEY),
    DNSRADAR_WEBHOOK_TIMEOUT: '2s',
    DNSRADAR_RETRY_DELAYS: '1s,2s,3s,5s,5s,10s,10s,20s,20s',
    // What is purged makes room for what comes: after this time the file has its size.
    DNSRADAR_RETENTION: '2m',
    DNSRADAR_LOG: 'error',
  }
}

/** Groups with a receiver each, and all the other monitors in them. */
async function prepare({ settings, file: path, sink: healthy }: World, bad: Receivers): Promise<void> {
  const good = Array.from({ length: HEALTHY_GROUPS }, (_, at) => `${healthy.url}/${at}`)
  const urls = [...good, ...bad.urls, `http://127.0.0.1:${healthy.deadPort}/dead`]
  const radar = await spawnRadar(settings)
  for (const [at, url] of urls.entries()) {
    const monitors = ['flip', 'steady'].map((subdomain) => ({
      domain: `group-${at}.example`,
      subdomain,
      record_type: 'A' as const,
      expected_value: ['192.0.2.1'],
      frequency: FREQUENCY,
    }))
    await radar.client.createMonitors({ group: `group-${at}`, monitors })
    await radar.client.createWebhook({ url, groups: [`group-${at}`] })
  }
  await untilAllLookedAt(radar)
  await radar.stop('SIGTERM')
  fillFile(path, MONITORS - 2 * urls.length, 1, REST_MS)
}

/** Runs until the time is over, and looks every few seconds. */
async function soak({ settings, file: path, responder: dns, sink: healthy }: World): Promise<readonly Sample[]> {
  const taken: Sample[] = []
  const started = performance.now()
  const since = (moment: number): number => performance.now() - moment
  let radar = await spawnRadar(settings)
  let born = performance.now()
  let restarts = 0
  const last = { flip: started, care: started }
  console.log('  minute  memory MB  handles  files MB  overdue s  delivered  restarts')
  for (let turn = 1; since(started) < MINUTES * 60_000; turn += 1) {
    await setTimeout(started + turn * SAMPLE_MS - performance.now())
    const sample = { at: since(started), age: since(born), restarts, ...look(radar, path) }
    const { received, outOfOrder } = await healthy.report()
    if (outOfOrder > 0) throw new Error(`${outOfOrder} deliveries came out of order`)
    taken.push(sample)
    print(sample, received)
    if (since(last.flip) > FLIP_MS) {
      last.flip = performance.now()
      dns.flip()
    }
    if (since(last.care) > CARE_MS) {
      last.care = performance.now()
      await care(radar, settings)
    }
    // Later, what a process keeps must show.
    if (since(born) > RESTART_MS && since(started) < (MINUTES * 60_000) / 2) {
      restarts += 1
      const { stderr } = await radar.stop(restarts % 2 === 0 ? 'SIGKILL' : 'SIGTERM')
      if (stderr !== '') console.log(stderr)
      radar = await spawnRadar(settings)
      born = performance.now()
    }
  }
  const { stderr } = await radar.stop('SIGTERM')
  if (stderr !== '') console.log(stderr)
  return taken
}

function look({ pid }: RadarProcess, path: string): Omit<Sample, 'at' | 'age' | 'restarts'> {
  using open = new DatabaseSync(path, { readOnly: true })
  const { due } = open.prepare('select min(next_check) as due from checks where is_active = 1').get() as { due: number }
  return {
    megabytes: residentMegabytes(pid),
    handles: readdirSync(`/proc/${pid}/fd`).length,
    fileMegabytes:
      ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0) / 1e6,
    overdueMs: Math.max(0, Date.now() - due),
  }
}

/** What an operator does: old logs go, and webhooks that were given up get another chance. */
async function care({ client }: RadarProcess, settings: Readonly<Record<string, string>>): Promise<void> {
  const purged = await runRadar(['purge'], settings)
  if (purged.code !== 0) throw new Error(`purge ended with ${purged.code}: ${purged.stderr}`)
  for (const { uuid } of (await client.listWebhooks({ is_active: false, limit: 100 })).data)
    await client.enableWebhook(uuid)
}

function print({ at, megabytes, handles, fileMegabytes, overdueMs, restarts }: Sample, delivered: number): void {
  const columns = [at / 60_000, megabytes, handles, fileMegabytes, overdueMs / 1000, delivered, restarts]
  const digits = [1, 0, 0, 1, 1, 0, 0]
  const widths = [8, 11, 9, 10, 11, 11, 10]
  console.log(columns.map((value, at_) => value.toFixed(digits[at_]).padStart(widths[at_] ?? 0)).join(''))
}

function judge(all: readonly Sample[]): boolean {
  const settled = all.filter(({ age, at }) => age > SETTLE_MS && at > 2 * SETTLE_MS)
  const last = settled.filter(({ restarts }) => restarts === all.at(-1)?.restarts)
  const lives = { 'the last life': last, 'all lives': settled }
  const rows = LIMITS.map(({ what, of, over, ratio, slack }) => {
    const third = Math.floor(lives[over].length / 3)
    if (third === 0) throw new Error('too short to say anything: at least 6 minutes')
    const first = median(lives[over].slice(0, third).map(of))
    const end = median(lives[over].slice(-third).map(of))
    const flat = end <= first * ratio + slack ? 'yes' : 'no'
    return { what, over, first: shown(first, 1), last: shown(end, 1), flat }
  })
  console.table(rows)
  return rows.every(({ flat }) => flat === 'yes')
}
