/** Pages of an installation that has a lot to show: none of them shows all of it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Radar, startRadar } from '../../../../test/harness/radar.ts'
import { type Page, visit, type Visitor } from './visitor.ts'

const FEW = 100
const MANY = 2_000
const PATHS = ['/app', '/app/monitors', '/app/monitors?state=NOT_FOUND', '/app/groups', '/app/groups/large'] as const
/** Of octets: numbers have more digits, and times are told in other words. */
const ABOUT = 1.05

let radar: Radar
let visitor: Visitor
let amongFew: ReadonlyMap<string, Page>
let amongMany: ReadonlyMap<string, Page>

beforeAll(async () => {
  radar = await startRadar({ settings: { DNSRADAR_CONFIRM: '0' } })
  visitor = visit({ address: radar.url })
  await visitor.signIn(radar.key)
  await makeProblems(0, FEW)
  amongFew = await readAll()
  for (let made = FEW; made < MANY; made += AT_ONCE) await makeProblems(made, Math.min(made + AT_ONCE, MANY))
  amongMany = await readAll()
})
afterAll(() => radar[Symbol.asyncDispose]())

const AT_ONCE = 1_000

/** Monitors of names that there are not, each looked at and with an event. */
async function makeProblems(from: number, until: number): Promise<void> {
  const monitors = Array.from({ length: until - from }, (_, index) => ({
    full_domain: `n${String(from + index).padStart(4, '0')}.large.example`,
    record_type: 'A' as const,
    expected_value: ['192.0.2.1'],
    notify: 'immediately' as const,
  }))
  await radar.client.createMonitors({ group: 'large', monitors })
  await vi.waitFor(async () => expect((await radar.client.summary()).states.NOT_FOUND).toBe(until), 60_000)
}

async function readAll(): Promise<ReadonlyMap<string, Page>> {
  const pages = new Map<string, Page>()
  for (const path of PATHS) pages.set(path, await visitor.get(path))
  return pages
}

function rowsOf({ html }: Page): number {
  return html.match(/<(?:li|tr)[ >]/g)?.length ?? 0
}

test.for(PATHS)('%s has as many rows, and is as long, among 2,000 problems as among 100', (path) => {
  const [few, many] = [amongFew.get(path), amongMany.get(path)]
  if (few === undefined || many === undefined) expect.fail('the page was not read')
  expect(many.status).toBe(200)
  expect(rowsOf(many)).toBe(rowsOf(few))
  expect(many.html.length).toBeLessThan(few.html.length * ABOUT)
})

test('the first page counts what it does not show', () => {
  expect(amongMany.get('/app')?.text).toContain('2,000 monitors')
  expect(amongMany.get('/app')?.text).toContain('1,975 more problems')
})
