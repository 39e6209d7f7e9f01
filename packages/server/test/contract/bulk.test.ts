/** What `POST /monitors/bulk` takes and what it answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, expectProblem, startApi } from '../api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const A = { domain: 'api.piedpiper.com', record_type: 'A', expected_value: ['1.2.3.4'] }
const bulk = (json: object) => api.call('POST', '/monitors/bulk', { json })
const total = async () => (await api.call('GET', '/summary')).body.total as number
const groups = async () => {
  const { data } = (await api.call('GET', '/groups?limit=100')).body
  return data.map(({ slug, monitors }: { slug: string; monitors: number }) => [slug, monitors])
}

test('four monitors of four records are four objects in the order asked', async () => {
  const monitors = [
    { domain: 'piedpiper.com', record_type: 'A', expected_value: ['1.2.3.4', '5.6.7.8'] },
    { domain: 'piedpiper.com', subdomain: 'www', record_type: 'CNAME', expected_value: 'piedpiper.netlify.app' },
    { domain: 'piedpiper.com', record_type: 'TXT', expected_value: 'v=spf1 include:_spf.service.com -all' },
    {
      domain: 'piedpiper.com',
      subdomain: '_dmarc',
      record_type: 'TXT',
      expected_value: 'v=DMARC1; p=reject; pct=100; adkim=s; aspf=s',
    },
  ]
  const { status, body } = await bulk({ monitors, group: 'production-dns', frequency: 60 })
  expect(status).toBe(201)
  expect(Object.keys(body)).toEqual(['data'])
  expect(body.data).toMatchObject(
    monitors.map(({ expected_value, ...monitor }) => ({
      subdomain: null,
      ...monitor,
      expected_value: [expected_value].flat(),
      state: 'UNSET',
      frequency: 60,
      group: 'production-dns',
    })),
  )
  expect(new Set(body.data.map(({ uuid }: { uuid: string }) => uuid)).size).toBe(4)
})

test('one monitor is a batch', async () => {
  expect((await bulk({ monitors: [A] })).body.data).toMatchObject([A])
})

describe('what holds for the whole batch', () => {
  test('is the group and the frequency of the monitors that name none', async () => {
    const { body } = await bulk({ monitors: [A, A], group: 'whole-batch', frequency: 15 })
    const shared = { group: 'whole-batch', frequency: 15 }
    expect(body.data).toMatchObject([shared, shared])
  })

  test('gives way to what a monitor says of itself', async () => {
    const own = [
      { ...A, frequency: 5, group: 'critical-services' },
      { ...A, frequency: 120 },
      { ...A, group: 'marketing-sites' },
    ]
    const { body } = await bulk({ monitors: own, group: 'the-rest', frequency: 30 })
    expect(body.data).toMatchObject([
      { frequency: 5, group: 'critical-services' },
      { frequency: 120, group: 'the-rest' },
      { frequency: 30, group: 'marketing-sites' },
    ])
  })

  test('does not say how monitors match: each says so itself', async () => {
    const { body } = await bulk({ monitors: [{ ...A, is_exact_match: false }, { ...A, is_exact_match: true }, A] })
    expect(body.data.map(({ is_exact_match }: { is_exact_match: boolean }) => is_exact_match)).toEqual([
      false,
      true,
      true,
    ])
  })
})

describe('a group that is not there', () => {
  test('is made once for the whole batch', async () => {
    await bulk({ monitors: [A, A, A], group: 'made-for-all' })
    expect((await groups()).filter(([slug]: [string]) => slug === 'made-for-all')).toEqual([['made-for-all', 3]])
  })

  test('is made for each slug that monitors name', async () => {
    const slugs = ['made-1', 'made-2', 'made-3']
    await bulk({ monitors: slugs.map((group) => ({ ...A, group })) })
    expect(await groups()).toEqual(expect.arrayContaining(slugs.map((slug) => [slug, 1])))
  })
})

test('one bad monitor among a thousand makes nothing, and the error says which one it is', async () => {
  const before = [await total(), await groups()]
  const monitors: object[] = Array.from({ length: 1000 }, () => A)
  monitors[700] = { ...A, record_type: 'FOO' }
  const reply = await bulk({ monitors, group: 'left-behind' })
  expectProblem(reply, 400, 'invalid_field', { 'monitors[700].record_type': /"FOO".*use one of A, AAAA/ })
  expect([await total(), await groups()]).toEqual(before)
})

test.for(['domain', 'record_type', 'expected_value'])('a monitor without %s makes nothing', async (missing) => {
  const before = await total()
  const reply = await bulk({ monitors: [A, { ...A, [missing]: undefined }] })
  expect(reply.status).toBe(400)
  expect(reply.body.errors).toEqual({ [`monitors[1].${missing}`]: expect.stringContaining('required') })
  expect(await total()).toBe(before)
})
