/**
 * How soon a page of the dashboard is to be seen: `node bench/dashboard.ts [--monitors 10000] [--looks 10] [--rounds 5]`.
 *
 * A browser opens the same pages of two servers in turns: of one with many monitors, and of one with ten, which is the
 * ceiling. A tenth of the monitors are problems, and all of them go on being looked at every five minutes.
 * `DNSRADAR_TEST_DATABASE=postgres` has both on PostgreSQL.
 */
import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Browsing, openBrowser, type Page } from '@dnsradar/test/browser'
import { signIn } from '@dnsradar/test/dashboard'
import { anyDatabase, ENGINE } from '@dnsradar/test/databases'
import { stopPostgres } from '@dnsradar/test/postgres-of-file'
import { spawnRadar } from '@dnsradar/test/radar'
import type { RadarProcess } from '@dnsradar/test/radar-process'
import { type Responder, startResponder } from './dns-ceilings.ts'
import { inTurns, median, medianOf, medianRatio, type Results, shown } from './rounds.ts'
import { settingsFor, untilAllLookedAt } from './server-settings.ts'
import { TARGETS_OPTION, tellTargets } from './targets.ts'

const { values } = parseArgs({
  options: {
    monitors: { type: 'string', default: '10000' },
    looks: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    ...TARGETS_OPTION,
  },
})
const MANY = Number(values.monitors)
const LOOKS = Number(values.looks)
const FEW = 10
const GROUP = 'customers'
const PAGES = ['/app', '/app/monitors', '/app/groups', `/app/groups/${GROUP}`] as const
const GOAL_MS = 100

const KEY = `sk_${'dashboard'.repeat(5).slice(0, 40)}`
const AT_ONCE = 1000
const FREQUENCY = 5
/** Every so manieth monitor expects an address that nobody answers. */
const PROBLEM_EVERY = 10

/**
 * After that what was made is news no more: pages open a stream, which first reads back over the last seconds. It is also
 * when PostgreSQL has counted what its tables hold.
 */
const REST_MS = 90_000

/** Milliseconds unless the name says otherwise. */
interface Look {
  /** From the beginning of the navigation to the first content that is painted. */
  readonly paint: number
  /** From the request to the last octet of the answer. */
  readonly answer: number
  /** Of HTML. */
  readonly octets: number
}

const SEEN = `new Promise((resolve) => {
  const isContent = ({ name }) => name === 'first-contentful-paint'
  const [{ requestStart, responseEnd, decodedBodySize: octets }] = performance.getEntriesByType('navigation')
  const tell = ({ startTime: paint }) => resolve({ paint, answer: responseEnd - requestStart, octets })
  new PerformanceObserver((list) => list.getEntries().filter(isContent).forEach(tell))
    .observe({ type: 'paint', buffered: true })
})`

console.log(`Node ${process.version}, ${availableParallelism()} processors, ${ENGINE}`)
await using stack = new AsyncDisposableStack()
stack.defer(stopPostgres)
const responder = stack.use(await startResponder())
const browser = stack.use(await openBrowser())
const many = await signedIn(stack, browser, await installed(stack, responder, MANY))
const few = await signedIn(stack, browser, await installed(stack, responder, FEW))
await setTimeout(REST_MS)
const results = await inTurns<Look>(
  PAGES.flatMap((path) => [
    { name: nameOf(path, FEW), run: () => look(few, path) },
    { name: nameOf(path, MANY), run: () => look(many, path) },
  ]),
  Number(values.rounds),
)
console.table(PAGES.flatMap((path) => [FEW, MANY].map((monitors) => rowOf(results, path, monitors))))
tellTargets(
  values.targets,
  PAGES.map((path) => ({
    what: `first paint of ${path} among ${MANY} monitors, ms`,
    value: medianOf(results.get(nameOf(path, MANY)) ?? [], ({ paint }) => paint),
    goal: GOAL_MS,
    is: 'at most',
  })),
)

/** A server whose monitors have all been looked at. */
async function installed(open: AsyncDisposableStack, dns: Responder, count: number): Promise<RadarProcess> {
  const database = open.use(await anyDatabase())
  const radar = open.use(await spawnRadar(settingsFor(database, dns, KEY)))
  const monitors = Array.from({ length: count }, (_, number) => ({
    domain: `customer${number}.example`,
    subdomain: 'www',
    record_type: 'A' as const,
    expected_value: [number % PROBLEM_EVERY === 0 ? '192.0.2.2' : '192.0.2.1'],
    frequency: FREQUENCY,
  }))
  for (let made = 0; made < count; made += AT_ONCE) {
    await radar.client.createMonitors({ group: GROUP, monitors: monitors.slice(made, made + AT_ONCE) })
  }
  await untilAllLookedAt(radar)
  return radar
}

async function signedIn(open: AsyncDisposableStack, browsing: Browsing, { url }: RadarProcess): Promise<Page> {
  return open.use(await signIn(browsing, { url, key: KEY })).page
}

/** The median of several in a row. */
async function look(page: Page, path: string): Promise<Look> {
  const looks: Look[] = []
  while (looks.length < LOOKS) {
    await page.goto(path)
    looks.push(await page.evaluate<Look>(SEEN))
  }
  return {
    paint: median(looks.map(({ paint }) => paint)),
    answer: median(looks.map(({ answer }) => answer)),
    octets: median(looks.map(({ octets }) => octets)),
  }
}

function nameOf(path: string, monitors: number): string {
  return `${path} among ${monitors}`
}

function rowOf(all: Results<Look>, path: string, monitors: number): Record<string, string | number> {
  const looks = all.get(nameOf(path, monitors)) ?? []
  const ceiling = all.get(nameOf(path, FEW)) ?? []
  const middle = (pick: (look: Look) => number, digits: number) => shown(medianOf(looks, pick), digits)
  return {
    page: nameOf(path, monitors),
    'first paint ms': middle(({ paint }) => paint, 0),
    'to few': shown(
      medianRatio(looks, ceiling, ({ paint }) => paint),
      2,
    ),
    'answer ms': middle(({ answer }) => answer, 1),
    octets: middle(({ octets }) => octets, 0),
  }
}
