/**
 * What an application is told, against a model that knows nothing of transactions: a set of records that are not
 * propagated, and a line each time it grows by a look or is emptied by one.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MonitorId } from '../ids.ts'
import { isBroken, type JudgedState, MONITOR_STATES, type MonitorState } from '../monitor/state.ts'
import { type EntriMember, entriHappening, entriNews, turnsOver } from './news.ts'

const RECORDS = 5
const judged = fc.constantFrom(...MONITOR_STATES.filter((state): state is JudgedState => state !== 'UNSET'))
const place = fc.nat(RECORDS - 1)

type Step =
  /** The results of one transaction, each record at most once. */
  | { readonly do: 'record'; readonly looks: readonly (readonly [place: number, state: JudgedState])[] }
  | { readonly do: 'remove'; readonly place: number }
  | { readonly do: 'add'; readonly place: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .uniqueArray(fc.tuple(place, judged), { selector: ([at]) => at, maxLength: RECORDS })
      .map((looks) => ({ do: 'record' as const, looks })),
  },
  { weight: 1, arbitrary: place.map((at) => ({ do: 'remove' as const, place: at })) },
  { weight: 1, arbitrary: place.map((at) => ({ do: 'add' as const, place: at })) },
)

const idOf = (at: number) => `mon_01jd000000000000000000000${at}` as MonitorId

function memberOf([at, state]: readonly [number, MonitorState]): EntriMember {
  return { monitorId: idOf(at), record: { type: 'A', host: `h${at}`, value: '192.0.2.1' }, subdomain: `h${at}`, state }
}

/** The system: what the stores do, with the states of the records as they keep them. */
function transactionOf(states: Map<number, MonitorState>, looks: readonly (readonly [number, JudgedState])[]) {
  const kept = looks.filter(([at]) => states.has(at))
  const turned = kept.filter(([at, state]) => turnsOver(states.get(at) ?? 'UNSET', state))
  for (const [at, state] of kept) states.set(at, state)
  const ids = (isWanted: (state: JudgedState) => boolean) =>
    new Set(turned.filter(([, state]) => isWanted(state)).map(([at]) => idOf(at)))
  const members = [...states].toSorted(([a], [b]) => a - b).map(memberOf)
  return { members, news: entriNews({ broke: ids(isBroken), healed: ids((state) => state === 'VALID') }, members) }
}

test('a domain tells of what goes missing, and that all is back, as the model does', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const states = new Map<number, MonitorState>()
      const missing = new Set<number>()
      const watched = new Set<number>()
      for (const one of steps) {
        switch (one.do) {
          case 'add':
            if (!watched.has(one.place)) states.set(one.place, 'UNSET')
            watched.add(one.place)
            break
          case 'remove':
            states.delete(one.place)
            watched.delete(one.place)
            missing.delete(one.place)
            break
          case 'record': {
            const before = new Set(missing)
            for (const [at, state] of one.looks) {
              if (!watched.has(at)) continue
              if (state === 'VALID') missing.delete(at)
              else missing.add(at)
            }
            const grew = [...missing].some((at) => !before.has(at))
            const emptied = before.size > 0 && missing.size === 0
            const { news, members } = transactionOf(states, one.looks)
            expect(news?.type ?? null).toBe(grew ? 'domain.record_missing' : emptied ? 'domain.record_restored' : null)
            if (news === null) break
            const told = entriHappening({
              ...news,
              orgId: 'org_01jd00000000000000000000aa',
              groupId: 'grp_01jd00000000000000000000aa',
              domain: 'example.com',
              userId: 'somebody',
              members,
            }).data
            const hostsOf = (name: string) => (told[name] as { host: string }[]).map(({ host }) => host)
            expect(hostsOf('records_non_propagated')).toEqual(
              [...missing].toSorted((a, b) => a - b).map((at) => `h${at}`),
            )
            expect(hostsOf('records_propagated')).toEqual(
              members.filter(({ state }) => state === 'VALID').map(({ record }) => record.host),
            )
          }
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('several records that go missing in one transaction are one event, told of the first', () => {
  const states = new Map<number, MonitorState>([0, 1, 2].map((at) => [at, 'VALID']))
  const { news } = transactionOf(states, [
    [2, 'NOT_FOUND'],
    [1, 'MISMATCH'],
  ])
  expect(news).toMatchObject({ type: 'domain.record_missing', changed: { monitorId: idOf(1) } })
})

test('a record that breaks while another one heals is missing, and nothing is restored', () => {
  const states = new Map<number, MonitorState>([
    [0, 'MISMATCH'],
    [1, 'VALID'],
  ])
  const { news } = transactionOf(states, [
    [0, 'VALID'],
    [1, 'TIMEOUT'],
  ])
  expect(news?.type).toBe('domain.record_missing')
})

test('a record that is as declared at its first look is no news', () => {
  expect(transactionOf(new Map([[0, 'UNSET']]), [[0, 'VALID']]).news).toBeNull()
})
