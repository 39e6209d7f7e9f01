import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectionOf } from './connection.ts'

const KEY = 'sk_0123456789'

const at = (server_url: unknown) => connectionOf({ server_url, api_key: KEY })

test.for([
  ['https://radar.example.com', 'https://radar.example.com', 'radar.example.com'],
  ['https://radar.example.com/', 'https://radar.example.com', 'radar.example.com'],
  ['  https://RADAR.example.com:8443/dns//  ', 'https://radar.example.com:8443/dns', 'radar.example.com:8443'],
  ['http://127.0.0.1:8053', 'http://127.0.0.1:8053', '127.0.0.1:8053'],
  ['http://[::1]:8053', 'http://[::1]:8053', '[::1]:8053'],
  ['https://münchen.example', 'https://xn--mnchen-3ya.example', 'xn--mnchen-3ya.example'],
])('%j is the server %s', ([address, base, host]) => {
  expect(at(address)).toEqual({ base, host, key: KEY })
})

test.for([
  'http://good@other',
  'https://good:pass@other.example',
  'https://@other.example',
  'https://good.example\\@other.example',
  'https://good.example\t@other.example',
  'https://go\nod.example',
  'https://good.example＠other.example',
  'https://good.example%40other.example',
  'https://good.example?x=',
  'https://good.example/#x',
  'https://good.example?',
  'ftp://good.example',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '//good.example',
  'radar.example.com',
  'https://',
  'https:good.example',
  'https:///good.example',
  'https://good .example',
  '',
  null,
  42,
])('%j is no address', (address) => {
  expect(() => at(address)).toThrow(/^The server address must /)
})

test('whatever is typed, a request goes to the host that stands between the slashes', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '.', '@', ':', '/', '\\', '?', '#', '[', ' ', '%', '8', '\t') })
  fc.assert(
    fc.property(part, (typed) => {
      let base: string
      try {
        ;({ base } = at(`https://${typed}`))
      } catch {
        return
      }
      const authority = /^[^/]*/.exec(typed.trim())?.[0] ?? ''
      expect(authority).not.toMatch(/[@\\?#\s]/)
      expect(new URL(`${base}/me`).host).toBe(new URL(`https://${authority}`).host)
    }),
  )
})

test.for(['', '  ', 'with space', 'line\nbreak', 'clé', null, 'x'.repeat(129)])(
  '%j is no key, and is not repeated',
  (key) => {
    const message = messageOf(() => connectionOf({ server_url: 'https://radar.example.com', api_key: key }))
    expect(message).toMatch(/^The API key must /)
    if (key) expect(message).not.toContain(key)
  },
)

test('credentials in an address are not repeated', () => {
  expect(messageOf(() => at('https://user:hunter2@other.example'))).not.toContain('hunter2')
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  throw new Error('nothing was thrown')
}
