import { describe, expect, test } from 'vitest'
import { StoreRefused, generateKey, parseKeyRing } from '../../src/index.ts'
import {
  ACCEPTED,
  aResult,
  BROKEN,
  CLAIM,
  claimMonitor,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  openBench,
  REFUSED,
  settlementOf,
  type OpenDatabase,
} from '../fixtures.ts'

const HOSTILE = 'a\0b\uD800c\uDC00d'
const STORED = 'a\uFFFDb\uFFFDc\uFFFDd'
const OCTETS = 'v=\\000\\255 "\\"\\\\ \u0001 😀 %s $1 ?1 :now \'; drop table monitors; --'

export function describeSafety(open: OpenDatabase): void {
  describe('text from outside', () => {
    test('of a monitor is stored without NUL and lone surrogates, and otherwise untouched', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const { monitor } = await createMonitor(bench, {
        domain: HOSTILE,
        subdomain: OCTETS,
        expected: [HOSTILE, OCTETS],
        metadata: { [HOSTILE]: HOSTILE, [OCTETS]: OCTETS, ['__proto__']: 'own' },
      })
      expect(monitor).toMatchObject({ domain: STORED, subdomain: OCTETS, expected: [STORED, OCTETS] })
      expect(new Map(Object.entries(monitor.metadata))).toEqual(
        new Map([
          [STORED, STORED],
          [OCTETS, OCTETS],
          ['__proto__', 'own'],
        ]),
      )
      expect(await store.monitors.get(orgId, monitor.id)).toMatchObject({ monitor })
      const found = await store.monitors.list(orgId, { domain: HOSTILE, subdomain: OCTETS }, FIRST_PAGE)
      expect(found.items).toHaveLength(1)
    })

    test('of an answer is stored alike in status, event and body', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const webhook = await createWebhook(bench)
      const claimed = await claimMonitor(bench, await createMonitor(bench))
      const result = aResult(claimed, clock.now(), { change: { ...BROKEN, current: [HOSTILE, OCTETS] } })
      await store.checks.record([{ ...result, status: { ...result.status, current: [HOSTILE, OCTETS] } }])
      const watched = await store.monitors.get(orgId, claimed.monitor.id)
      const [event] = (await store.events.list(orgId, {}, FIRST_PAGE)).items
      const [delivery] = (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
      const body = delivery?.body ?? ''
      expect(watched?.status.current).toEqual([STORED, OCTETS])
      expect(event?.current).toEqual([STORED, OCTETS])
      expect(JSON.parse(body).event.current_value).toEqual([STORED, OCTETS])
      expect(JSON.stringify(JSON.parse(body))).toBe(body)
    })

    test('of a receiver is stored without NUL and lone surrogates, in success and in failure', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const webhook = await createWebhook(bench)
      const monitor = await claimMonitor(bench, await createMonitor(bench))
      await store.checks.record([aResult(monitor, clock.now(), { change: BROKEN })])
      const hostile = { responseBody: HOSTILE, errorMessage: HOSTILE }
      for (const outcome of [
        { ...REFUSED, ...hostile },
        { ...ACCEPTED, ...hostile },
      ]) {
        const [claimed] = await store.queue.claimDue(CLAIM)
        if (claimed === undefined) throw new Error('nothing was claimed')
        await store.queue.settle(claimed, settlementOf(bench, claimed, outcome), false)
        const [delivery] = (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
        const attempt = (await store.deliveries.attempts(orgId, claimed.delivery.id)).at(-1)
        const { lastError } = (await store.webhooks.get(orgId, webhook.id)) ?? {}
        const fault = outcome.kind === 'failed' ? STORED : null
        expect(delivery).toMatchObject({ responseBody: STORED, errorMessage: fault })
        expect(attempt?.outcome.responseBody).toBe(STORED)
        expect(lastError).toBe(fault)
        clock.advance(120_000)
      }
    })

    test('of a webhook is stored without NUL and lone surrogates, sealed or not', async () => {
      await using bench = await openBench(open)
      const webhook = await createWebhook(bench, { url: HOSTILE, secret: HOSTILE, headers: [['X-A', HOSTILE]] })
      const stored = { url: STORED, secret: STORED, headers: [['X-A', STORED]] }
      expect(webhook).toMatchObject(stored)
      expect(await bench.store.webhooks.get(bench.orgId, webhook.id)).toMatchObject(stored)
    })
  })

  describe('secrets at rest', () => {
    test('headers, secret and format options cannot be read in what is stored, and urls can', async () => {
      await using bench = await openBench(open)
      await createWebhook(bench, {
        url: 'https://plain-needle.example/',
        secret: 'secret-needle',
        headers: [['Authorization', 'Bearer header-needle']],
        format: 'pagerduty',
        formatOptions: { routing_key: 'option-needle' },
      })
      expect(await bench.database.holdsText('plain-needle')).toBe(true)
      for (const needle of ['secret-needle', 'header-needle', 'option-needle']) {
        expect({ needle, isReadable: await bench.database.holdsText(needle) }).toEqual({ needle, isReadable: false })
      }
    })

    test('a database whose secrets the key ring does not open is refused', async () => {
      await using database = await open()
      const ring = generateKey()
      await useStore(database, { keyRing: parseKeyRing(ring) }, async (store) => {
        const { organization } = await store.accounts.ensureDefaultOrganization(null)
        await createWebhook({ store, orgId: organization.id, clock: database.clock })
      })
      const refused = database.open({ keyRing: parseKeyRing(generateKey()) })
      await expect(refused).rejects.toThrow(StoreRefused)
      await expect(refused).rejects.toMatchObject({ reason: 'wrong_key_ring' })
      await useStore(database, { keyRing: parseKeyRing(`${generateKey()},${ring}`) }, (store) => store.ping())
    })
  })

  describe('opening', () => {
    test('what was stored is there after opening again', async () => {
      await using database = await open()
      const first = await useStore(database, {}, (store) => store.accounts.ensureDefaultOrganization('scale'))
      const again = await useStore(database, {}, (store) => store.accounts.ensureDefaultOrganization(null))
      expect(again).toEqual({ organization: first.organization, created: false })
    })

    test('a database that a newer version wrote is refused', async () => {
      await using database = await open()
      await useStore(database, {}, (store) => store.ping())
      await database.markNewer()
      const refused = database.open()
      await expect(refused).rejects.toThrow(StoreRefused)
      await expect(refused).rejects.toMatchObject({
        reason: 'newer',
        message: expect.stringMatching(/newer version .*9999/),
      })
    })

    test('a short write is allowed beside the serving process, and is seen by it', async () => {
      await using bench = await openBench(open)
      await useStore(bench.database, { serving: false }, (store) => store.accounts.ensureDefaultOrganization('scale'))
      const { organization } = await bench.store.accounts.ensureDefaultOrganization(null)
      expect(organization.plan).toBe('scale')
    })

    test('a closed store answers no more', async () => {
      await using database = await open()
      const store = await database.open()
      await store.ping()
      await store[Symbol.asyncDispose]()
      await expect(store.ping()).rejects.toThrow()
    })
  })
}

async function useStore<T>(
  database: Awaited<ReturnType<OpenDatabase>>,
  overrides: Parameters<Awaited<ReturnType<OpenDatabase>>['open']>[0],
  use: (store: Awaited<ReturnType<Awaited<ReturnType<OpenDatabase>>['open']>>) => Promise<T>,
): Promise<T> {
  await using store = await database.open(overrides)
  return await use(store)
}
