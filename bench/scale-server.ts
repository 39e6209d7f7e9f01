/**
 * A whole server as an operator starts it, with as many monitors as asked for: how late its checks are, what they cost,
 * and what is left for those who ask the API.
 */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { spawnRadar } from '@dnsradar/test/radar'
import type { RadarProcess } from '@dnsradar/test/radar-process'
import { sqliteDatabase } from '@dnsradar/test/databases'
import { type Responder, startResponder } from './dns-ceilings.ts'
import { cpuSeconds, residentMegabytes } from './process-figures.ts'
import { median } from './rounds.ts'
import { type Latency, printFigures, type Restart } from './scale-figures.ts'
import { fillFile } from './scale-data.ts'
import { settingsFor, untilAllLookedAt } from './server-settings.ts'
import { type Sink, startSink } from './sink.ts'
import type { Target } from './targets.ts'

export interface Scale {
  readonly monitors: number
  readonly seconds: number
  readonly changingShare: number
  /** Where the server writes a profile of its processor time; null for none. */
  readonly profile: string | null
}

const KEY = `sk_${'bench0scale'.repeat(4).slice(0, 40)}`
const MINUTES = 5
const INTERVAL_SECONDS = MINUTES * 60
const GROUPS = 100
/** One steady and one changing monitor in each group. */
const PATTERNS = 2 * GROUPS
/** Between the filling and the first check: the server starts, and is asked while it has nothing else to do. */
const IDLE_MS = 30_000
/** From the first check on, until everything runs as it will. */
const WARM_MS = 15_000
const ASK_EVERY_MS = 25
const ASKED_MS = 20_000
const LATE_MS = 2000
const CATCH_UP_SECONDS = 60
/** Of an interval: before that there surely are monitors that a restarted server has not looked at. */
const UNSEEN_FROM = 0.95

export async function measureServer(scale: Scale): Promise<readonly Target[]> {
  await using stack = new AsyncDisposableStack()
  const responder = stack.use(await startResponder())
  const sink = stack.use(await startSink())
  const database = stack.use(await sqliteDatabase())
  const file = (database.settings['DATABASE_URL'] ?? '').replace('sqlite:', '')
  const settings = settingsFor(database, responder, KEY)
  await makePatterns(settings, sink)

  const started = performance.now()
  const begins = fillFile(file, scale.monitors - PATTERNS, scale.changingShare, IDLE_MS)
  console.log(`${scale.monitors} monitors were written in ${((performance.now() - started) / 1000).toFixed(0)} s`)

  responder.flip()
  const radar = stack.use(await spawnRadar(profiled(settings, scale.profile)))
  await setTimeout(2000)
  const idle = await askPaced(radar, Math.min(ASKED_MS, begins - Date.now()))
  await setTimeout(begins + WARM_MS - Date.now())
  const run = await underLoad(radar, sink, scale.seconds)
  const loaded = await askPaced(radar, ASKED_MS)
  const { stderr } = await radar.stop('SIGTERM')
  if (stderr !== '') console.log(stderr)
  const lags = lagsOf(file, run.from, run.to).toSorted((a, b) => a - b)
  const restart = await measureRestart(settings, responder, file)

  const seconds = (run.to - run.from) / 1000
  return printFigures({
    monitors: scale.monitors,
    checksPerSecond: lags.length / seconds,
    expectedPerSecond: scale.monitors / INTERVAL_SECONDS,
    intervalSeconds: INTERVAL_SECONDS,
    lagP50: quantile(lags, 0.5),
    lagP99: quantile(lags, 0.99),
    lagMax: quantile(lags, 1),
    cpuMicros: (run.cpu / lags.length) * 1e6,
    cpuShare: run.cpu / seconds,
    residentMegabytes: run.resident,
    deliveredPerSecond: run.delivered / seconds,
    idle,
    loaded,
    restart,
  })
}

function profiled(settings: Record<string, string>, folder: string | null): Record<string, string> {
  if (folder === null) return settings
  return { ...settings, NODE_OPTIONS: `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder}` }
}

/** Groups with a webhook, a steady and a changing monitor each, all looked at once. */
async function makePatterns(settings: Record<string, string>, sink: Sink): Promise<void> {
  await using radar = await spawnRadar(settings)
  const groups = Array.from({ length: GROUPS }, (_, at) => `group-${at}`)
  for (const group of groups) {
    const monitors = ['steady', 'flip'].map((subdomain) => ({
      domain: `${group}.example`,
      subdomain,
      record_type: 'A' as const,
      expected_value: ['192.0.2.1'],
      frequency: MINUTES,
    }))
    await radar.client.createMonitors({ group, monitors })
    await radar.client.createWebhook({ url: `${sink.url}/${group}`, groups: [group] })
  }
  await untilAllLookedAt(radar)
  await radar.stop('SIGTERM')
}

async function get({ url }: RadarProcess, path: string): Promise<unknown> {
  const response = await fetch(url + path, { headers: { 'X-API-Key': KEY } })
  if (!response.ok) throw new Error(`GET ${path} was answered ${response.status}: ${await response.text()}`)
  return response.json()
}

/** One page at a time at a steady pace; each is timed from when it should have been asked for, so that no wait is lost. */
async function askPaced(radar: RadarProcess, forMs: number): Promise<Latency> {
  const started = performance.now()
  const times: number[] = []
  for (let turn = 0; turn * ASK_EVERY_MS < forMs; turn += 1) {
    const due = started + turn * ASK_EVERY_MS
    await setTimeout(Math.max(0, due - performance.now()))
    const asked = Math.min(due + 1, performance.now())
    await get(radar, '/monitors?limit=20')
    times.push(performance.now() - asked)
  }
  const sorted = times.toSorted((a, b) => a - b)
  return { p50: median(sorted), p99: quantile(sorted, 0.99) }
}

async function underLoad({ pid }: RadarProcess, sink: Sink, seconds: number) {
  await sink.report()
  const from = Date.now()
  const cpu = cpuSeconds(pid)
  let resident = 0
  for (let second = 1; second <= seconds; second += 1) {
    await setTimeout(from + second * 1000 - Date.now())
    resident = Math.max(resident, residentMegabytes(pid))
  }
  const { received } = await sink.report()
  return { from, to: Date.now(), cpu: cpuSeconds(pid) - cpu, resident, delivered: received }
}

/** Of every check that ended in that time: from the moment it was due until its look was over. */
function lagsOf(path: string, from: number, to: number): number[] {
  using file = new DatabaseSync(path, { readOnly: true })
  const rows = file
    .prepare(
      `select last_checked - (next_check - frequency * 60000) as lag
         from checks
        where last_checked >= ? and last_checked < ? and pending is null`,
    )
    .all(from, to) as { lag: number }[]
  return rows.map(({ lag }) => lag)
}

async function measureRestart(settings: Record<string, string>, responder: Responder, path: string): Promise<Restart> {
  const before = await responder.answered()
  const restarted = Date.now()
  const started = performance.now()
  const since = (): number => (performance.now() - started) / 1000
  const starting = spawnRadar(settings)
  let firstCheckSeconds = Number.NaN
  const looking = (async () => {
    while ((await responder.answered()).count === before.count) await setTimeout(10)
    firstCheckSeconds = since()
  })()
  await using _radar = await starting
  const readySeconds = since()
  await looking
  using file = new DatabaseSync(path, { readOnly: true })
  const oldest = file.prepare('select min(next_check) as due from checks where is_active = 1')
  const isLate = (): boolean => Date.now() - (oldest.get() as { due: number }).due >= LATE_MS
  const caughtUpSeconds = (await during(isLate, 50, CATCH_UP_SECONDS, since)) ? since() : null

  // Reads most of the table once the first ones are through, so it is asked seldom, and not long before the end.
  const unseen = file.prepare('select 1 from checks where is_active = 1 and last_checked < ? limit 1')
  await setTimeout((UNSEEN_FROM * INTERVAL_SECONDS - since()) * 1000)
  const hasUnseen = (): boolean => unseen.get(restarted) !== undefined
  const hasEnded = await during(hasUnseen, 1000, 2 * INTERVAL_SECONDS, since)
  return {
    readySeconds,
    firstCheckSeconds,
    caughtUpSeconds,
    everySeconds: hasEnded ? since() - firstCheckSeconds : null,
  }
}

/** Waits while it `lasts`. False when it still did after so many seconds. */
async function during(lasts: () => boolean, everyMs: number, seconds: number, since: () => number): Promise<boolean> {
  while (lasts()) {
    if (since() > seconds) return false
    await setTimeout(everyMs)
  }
  return true
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
