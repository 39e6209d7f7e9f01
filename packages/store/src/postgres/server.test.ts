import { expect, test } from 'vitest'
import { StoreRefused } from '../refused.ts'
import { describeServer, refuseUnfit } from './server.ts'

test.for([
  { why: 'PostgreSQL 15.0', traits: { version: 150_000, encoding: 'UTF8' } },
  { why: 'PostgreSQL 18.4', traits: { version: 180_004, encoding: 'UTF8' } },
])('$why with UTF-8 text is accepted', ({ traits }) => {
  expect(() => refuseUnfit(traits, 'PostgreSQL at db')).not.toThrow()
})

test.for([
  { why: 'PostgreSQL 14', traits: { version: 140_020, encoding: 'UTF8' }, says: /is version 14; DNSRadar needs 15/ },
  {
    why: 'text that is not UTF-8',
    traits: { version: 180_004, encoding: 'SQL_ASCII' },
    says: /stores text as SQL_ASCII/,
  },
])('$why is refused', ({ traits, says }) => {
  expect(() => refuseUnfit(traits, 'PostgreSQL at db')).toThrow(StoreRefused)
  expect(() => refuseUnfit(traits, 'PostgreSQL at db')).toThrow(says)
})

test.for([
  {
    url: 'postgres://radar:sesame@db.example:5433/radar?sslmode=require',
    where: 'PostgreSQL at db.example:5433/radar',
  },
  { url: 'postgres:///radar', where: 'PostgreSQL at localhost/radar' },
])('a server is named without user and password: $where', ({ url, where }) => {
  expect(describeServer(url)).toBe(where)
})

test('a URL that cannot be read is refused without showing it', () => {
  expect(() => describeServer('postgres://radar:ses me@[db/')).toThrow(/^DATABASE_URL is not a readable URL/)
})
