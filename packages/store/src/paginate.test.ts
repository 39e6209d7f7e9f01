import { expect, test } from 'vitest'
import { cutPage, planPage } from './paginate.ts'

const plans = [
  {
    why: 'the first page begins at the start of the list',
    request: { way: 'asc', after: null, before: null },
    beyond: null,
    order: 'asc',
  },
  {
    why: 'a next page begins after its cursor',
    request: { way: 'desc', after: 'e5', before: null },
    beyond: 'e5',
    order: 'desc',
  },
  {
    why: 'a previous page is fetched from its cursor backward',
    request: { way: 'asc', after: null, before: 'e5' },
    beyond: 'e5',
    order: 'desc',
  },
  {
    why: 'the previous page of a list of newest first is fetched upward',
    request: { way: 'desc', after: null, before: 'e5' },
    beyond: 'e5',
    order: 'asc',
  },
] as const

test.for(plans)('$why', ({ request, beyond, order }) => {
  expect(planPage({ ...request, limit: 2 })).toMatchObject({ beyond, order, limit: 3 })
})

test('a page fetched backward is shown in list order', () => {
  const plan = planPage({ limit: 2, way: 'asc', after: null, before: 'e5' })
  expect(cutPage(plan, ['e4', 'e3', 'e2'])).toEqual({ rows: ['e3', 'e4'], more: true })
})

test('a page that is exactly full is not followed by anything', () => {
  const plan = planPage({ limit: 2, way: 'asc', after: null, before: null })
  expect(cutPage(plan, ['e1', 'e2'])).toEqual({ rows: ['e1', 'e2'], more: false })
})
