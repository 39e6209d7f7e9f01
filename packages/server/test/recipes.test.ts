/** The recipes of docs/recipes.md are taken by the API, as they stand there. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startApi } from './api.ts'

const page = readFileSync(new URL('../../../docs/recipes.md', import.meta.url), 'utf8')
const recipes = [...page.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, json = '']) => JSON.parse(json) as object)

test('there are recipes', () => {
  expect(recipes.length).toBeGreaterThan(5)
})

test.for(recipes)('%j is a monitor', async (recipe) => {
  await using api = await startApi()
  const rehearsed = await api.call('POST', '/monitors/bulk?dry_run=true', { json: { monitors: [recipe] } })
  expect([rehearsed.status, rehearsed.body.detail]).toEqual([200, undefined])
  const made = await api.call('POST', '/monitors', { json: recipe })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ domain: 'example.com' })
})
