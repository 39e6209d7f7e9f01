/** Work that shares a transaction: all of it in one commit, and a failure that stays with whoever caused it. */
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { createDatabase } from '../src/sqlite/database.ts'

function open() {
  const handle = new DatabaseSync(':memory:')
  handle.exec('create table notes (text text primary key)')
  return createDatabase(handle)
}

const NOTES = 'select text from notes order by text'
const NOTE = 'insert into notes (text) values (:text)'

describe('transactions that are shared', () => {
  test('what is asked for in one moment is committed together, in the order asked', async () => {
    await using db = open()
    const seen: number[] = []
    const counted = (text: string) => () => {
      seen.push(db.all(NOTES).length)
      return db.run(NOTE, { text })
    }
    const answers = await Promise.all([db.together(counted('a')), db.together(counted('b')), db.together(counted('c'))])
    expect(answers).toEqual([1, 1, 1])
    expect(seen).toEqual([0, 1, 2])
  })

  test('one that throws is told so, and the others are written all the same', async () => {
    await using db = open()
    const results = await Promise.allSettled([
      db.together(() => db.run(NOTE, { text: 'first' })),
      db.together(() => db.run(NOTE, { text: 'first' })),
      db.together(() => db.run(NOTE, { text: 'second' })),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(db.all(NOTES)).toEqual([{ text: 'first' }, { text: 'second' }])
  })

  test('what waits for the handle goes into the next transaction', async () => {
    await using db = open()
    const inside = db.kysely.transaction().execute(async () => {
      const waiting = db.together(() => db.run(NOTE, { text: 'waited' }))
      await new Promise((resolve) => setImmediate(resolve))
      return { waiting, before: db.all(NOTES) }
    })
    const { waiting, before } = await inside
    expect(before).toEqual([])
    expect(await waiting).toBe(1)
  })
})
