/**
 * Whatever is sent to any route, the answer is the caller's affair: never a fault of ours, never silence. The requests
 * come from `test/hostile`, which reads the route tables. They are the same each time: what only chance finds is for
 * `pnpm test:hostile`, which sends others for a minute to a process.
 *
 * A failure prints the seed and the smallest request that does it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SILENT } from '../../../test/harness/silent-log.ts'
import { attackEach } from '../../../test/hostile/attack.ts'
import { confine } from '../../../test/hostile/confined.ts'
import { TARGETS } from '../../../test/hostile/surface.ts'
import { openWorld, type World } from '../../../test/hostile/world.ts'
import { compose } from '../src/compose.ts'
import { readConfig, startServer } from '../src/index.ts'
import { type RegisteredRoute, routesOf } from './registered.ts'

const SEED = 1_123_581_321

let world: World
let registered: readonly RegisteredRoute[]
const held = new AsyncDisposableStack()
beforeAll(async () => {
  const { settings, key, receiver } = held.use(await confine())
  const server = held.use(await startServer(readConfig(settings).config))
  world = await openWorld({ origin: server.address ?? '', key, receiver: receiver.url })
  await using parts = await compose(readConfig({ ...settings, DATABASE_URL: 'sqlite::memory:' }).config, SILENT, {})
  registered = routesOf(parts.app)
})
afterAll(() => held.disposeAsync())

test('every route that the application has is attacked', () => {
  const attacked = new Set(TARGETS.map(({ method, path }) => `${method} ${path}`))
  expect(registered.length).toBeGreaterThan(TARGETS.length / 2)
  expect(registered.map(({ method, path }) => `${method} ${path}`).filter((name) => !attacked.has(name))).toEqual([])
})

test.for([
  { who: 'the API', manner: 'api' },
  { who: 'the second dialect', manner: 'entri' },
  { who: 'the dashboard', manner: 'dashboard' },
  { who: 'what anybody may see', manner: 'open' },
] as const)('no request to any route of $who breaks the server', async ({ manner }) => {
  const targets = TARGETS.filter((target) => target.manner === manner)
  expect(targets).not.toEqual([])
  expect(await attackEach(world, targets, { seed: SEED, runs: 15 })).toEqual([])
})

/** Those that read names, values and urls, where rules of our own are behind validation. */
const RULES = [
  'POST /monitors',
  'PATCH /monitors/:id',
  'POST /match',
  'GET /lookup',
  'POST /webhooks',
  'PATCH /webhooks/:id',
]

test.for(RULES)('no name, value or url sent to %s breaks the server', async (name) => {
  const targets = TARGETS.filter(({ method, path }) => `${method} ${path}` === name)
  expect(targets).toHaveLength(1)
  expect(await attackEach(world, targets, { seed: SEED, runs: 200 })).toEqual([])
})
