import { describe, expect, test } from 'vitest'
import { catalogue, given, history, pageRequest, presentPage, timeRange } from './page.ts'

describe('a page says where it can be left', () => {
  const item = (uuid: string) => ({ uuid })
  const cases = [
    {
      why: 'the only page',
      hasNext: false,
      hasPrevious: false,
      backward: false,
      shows: { after: null, before: null, has_more: false },
    },
    {
      why: 'the first page',
      hasNext: true,
      hasPrevious: false,
      backward: false,
      shows: { after: 'b', before: null, has_more: true },
    },
    {
      why: 'a page between',
      hasNext: true,
      hasPrevious: true,
      backward: false,
      shows: { after: 'b', before: 'a', has_more: true },
    },
    {
      why: 'the last page',
      hasNext: false,
      hasPrevious: true,
      backward: false,
      shows: { after: null, before: 'a', has_more: false },
    },
    {
      why: 'going back with more before',
      hasNext: true,
      hasPrevious: true,
      backward: true,
      shows: { after: 'b', before: 'a', has_more: true },
    },
    {
      why: 'back at the start',
      hasNext: true,
      hasPrevious: false,
      backward: true,
      shows: { after: 'b', before: null, has_more: false },
    },
  ]
  test.for(cases)('$why', ({ hasNext, hasPrevious, backward, shows }) => {
    const asked = { limit: 2, way: 'asc', after: null, before: backward ? 'c' : null } as const
    const page = presentPage({ items: ['a', 'b'], hasNext, hasPrevious }, asked, item)
    expect(page).toEqual({ limit: 2, data: [{ uuid: 'a' }, { uuid: 'b' }], ...shows })
  })

  test('an empty page has no edges', () => {
    const asked = pageRequest(catalogue('mon'), {})
    expect(presentPage({ items: [], hasNext: false, hasPrevious: true }, asked, item)).toMatchObject({
      after: null,
      before: null,
    })
  })
})

test('catalogues read from the oldest, histories from the newest, 20 at a time', () => {
  expect(pageRequest(catalogue('mon'), {})).toEqual({ limit: 20, way: 'asc', after: null, before: null })
  expect(pageRequest(history('evt', 'occurred'), {})).toMatchObject({ way: 'desc' })
  expect(pageRequest(history('evt'), { limit: 7, order_way: 'asc', after: 'evt_x' })).toEqual({
    limit: 7,
    way: 'asc',
    after: 'evt_x',
    before: null,
  })
})

test('what was not asked for leaves no trace in a filter', () => {
  expect(Object.keys(given({ a: 1, b: undefined, c: null }))).toEqual(['a', 'c'])
  expect(timeRange(undefined, undefined)).toBeUndefined()
  expect(timeRange(1000, undefined)).toEqual({ from: 1000 })
})
