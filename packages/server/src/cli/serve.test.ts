import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { greeting } from './serve.ts'

const greet = (env: Record<string, string>, server: { address: string | null; key: string | null }) =>
  greeting(readConfig(env).config, { probes: server.address, ...server }).join('\n')

const address = 'http://127.0.0.1:8053'

test('the first start shows the key and a curl line that works as it is printed', () => {
  const text = greet({}, { address, key: 'sk_abc' })
  expect(text).toContain(address)
  expect(text).toContain(String(process.pid))
  expect(text).toMatch(/\/data$/m)
  expect(text).toContain(`curl -H 'X-API-Key: sk_abc' ${address}/me`)
})

test('later starts show neither', () => {
  expect(greet({}, { address, key: null })).not.toMatch(/curl|key/i)
})

test('the database is named without its password', () => {
  const ring = `k:${Buffer.alloc(32).toString('base64')}`
  const env = {
    DATABASE_URL: 'postgres://radar:hunter2@db.example:5432/radar',
    DNSRADAR_SECRET_KEY: ring,
    DNSRADAR_ROLES: 'check',
  }
  const text = greet(env, { address: null, key: null })
  expect(text).toContain('postgres://db.example:5432/radar')
  expect(text).not.toContain('hunter2')
  expect(text).toContain('this process runs check')
})
