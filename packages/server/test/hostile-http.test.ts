/** What strangers do below the surface of HTTP: framing, size, time, addresses and names that are not theirs. */
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A_MONITOR, ADMIN, type Api, expectProblem, startApi } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const HOST = 'Host: radar.example\r\n'
const KEY = `X-API-Key: ${ADMIN}\r\n`
const JSON_TYPE = 'Content-Type: application/json\r\n'
/** Would be answered with 200, where somebody took it for a request of its own. */
const SMUGGLED = `GET /me HTTP/1.1\r\n${HOST}${KEY}\r\n`

describe('framing', () => {
  const cases: { why: string; sent: string; status: number }[] = [
    { why: 'a greeting of TLS', sent: '\x16\x03\x01\x02rubbish\r\n\r\n', status: 400 },
    { why: 'the preface of HTTP/2', sent: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
    {
      why: 'a length beside chunks',
      sent: `POST /monitors HTTP/1.1\r\n${HOST}${KEY}${JSON_TYPE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
      status: 400,
    },
    {
      why: 'two lengths',
      sent: `POST /monitors HTTP/1.1\r\n${HOST}${KEY}${JSON_TYPE}Content-Length: 0\r\nContent-Length: 40\r\n\r\n${SMUGGLED}`,
      status: 400,
    },
    {
      why: 'chunks by another name',
      sent: `POST /monitors HTTP/1.1\r\n${HOST}${KEY}${JSON_TYPE}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
      status: 400,
    },
    {
      why: 'chunks, and then again not',
      sent: `POST /monitors HTTP/1.1\r\n${HOST}${KEY}${JSON_TYPE}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
      status: 400,
    },
    {
      why: 'a negative length',
      sent: `POST /monitors HTTP/1.1\r\n${HOST}${KEY}${JSON_TYPE}Content-Length: -1\r\n\r\n${SMUGGLED}`,
      status: 400,
    },
    { why: 'a space before the colon', sent: `GET /me HTTP/1.1\r\n${HOST}X-API-Key : ${ADMIN}\r\n\r\n`, status: 400 },
    { why: 'a folded header', sent: `GET /me HTTP/1.1\r\n${HOST}X-A: b\r\n c\r\n\r\n`, status: 400 },
    { why: 'lines that end without a return', sent: `GET /me HTTP/1.1\nHost: a\n\n`, status: 400 },
    { why: 'a NUL in a header', sent: `GET /me HTTP/1.1\r\n${HOST}X-A: b\0c\r\n\r\n`, status: 400 },
    { why: 'no host', sent: 'GET /me HTTP/1.1\r\n\r\n', status: 400 },
    { why: 'a header of 20 kB', sent: `GET /me HTTP/1.1\r\n${HOST}X: ${'a'.repeat(20_000)}\r\n\r\n`, status: 431 },
    {
      why: '3000 headers',
      sent: `GET /me HTTP/1.1\r\n${HOST}${'X-A: b\r\n'.repeat(3000)}\r\n`,
      status: 431,
    },
    { why: 'a path of 20 kB', sent: `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, status: 431 },
    { why: 'an address whose host is none', sent: `GET http://[/app HTTP/1.1\r\n${HOST}\r\n`, status: 404 },
    { why: 'an address of percent signs', sent: `GET http://a%/me HTTP/1.1\r\n${HOST}\r\n`, status: 404 },
    { why: 'an asterisk', sent: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, status: 404 },
    { why: 'a wish that nobody knows', sent: `GET /me HTTP/1.1\r\n${HOST}Expect: bananas\r\n\r\n`, status: 417 },
  ]
  test.for(cases)('$why: $status, and nothing after it is heard', async ({ sent, status }) => {
    const answer = await speak(sent)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect((await api.call('GET', '/healthz')).status).toBe(200)
  })

  test('a tunnel is not opened', async () => {
    expect(await speak(`CONNECT 127.0.0.1:22 HTTP/1.1\r\n${HOST}\r\n`)).toBe('')
  })

  test('requests in one go are answered one after the other, each for its own key', async () => {
    const stranger = `GET /me HTTP/1.1\r\n${HOST}\r\n`
    const last = `GET /me HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`
    const answer = await speak(SMUGGLED + stranger + SMUGGLED + last)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401', 'HTTP/1.1 200', 'HTTP/1.1 401'])
  })
})

describe('time', () => {
  test('headers that drip are over after 10 s and a body that drips after 30 s, while others are served', async () => {
    const headers = drip(`GET /healthz HTTP/1.1\r\n${HOST}`, 'X-A: b\r\n')
    const body = drip(`POST /token HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 8000\r\n\r\n`, ' ')
    const silent = drip('', '')
    expect((await api.call('GET', '/healthz')).status).toBe(200)
    const ends = await Promise.all([headers, silent, body])
    expect(ends.map(({ answer }) => answer.split('\r\n')[0])).toEqual([
      'HTTP/1.1 408 Request Timeout',
      'HTTP/1.1 408 Request Timeout',
      'HTTP/1.1 408 Request Timeout',
    ])
    const [first, second, third] = ends.map(({ seconds }) => seconds)
    for (const seconds of [first, second]) expect(seconds).toBeLessThan(20)
    expect(third).toBeLessThan(40)
  })
})

describe('texts made to be read slowly', () => {
  /** What an expression that has two ways to read something would have to try again for each of its letters. */
  const PUMPS = [
    '%{',
    '%{s}',
    '%',
    ' ',
    '\\',
    ';',
    '=',
    '.',
    '-',
    '0',
    'a',
    'A ',
    'a:',
    'a/',
    '//',
    'p=;',
    ' include:',
    '+a ',
  ]
  const LENGTH = 60_000
  const BEGINNINGS = [
    'v=spf1 ',
    'v=spf1 exists:',
    'v=spf1 redirect=',
    'v=DMARC1; p=none; ',
    'v=DKIM1; p=',
    'v=STSv1; id=',
    '',
  ]

  test.for(BEGINNINGS)('no record that begins with %j takes longer for what follows', async (beginning) => {
    const expected = `${beginning}${beginning.startsWith('v=spf1') ? '-all' : 'x'}`
    for (const pump of PUMPS) {
      const text = beginning + pump.repeat(LENGTH / pump.length)
      for (const [expects, observed] of [
        [expected, text],
        [text.slice(0, 4000), expected],
      ] as const) {
        const began = performance.now()
        const json = { record_type: 'TXT', expected_value: expects, observed: [observed] }
        const { status } = await api.call('POST', '/match', { json })
        expect([200, 400]).toContain(status)
        expect({ pump, isQuick: performance.now() - began < 1500 }).toEqual({ pump, isQuick: true })
      }
    }
  })

  test.for([
    { what: 'a name', ask: (text: string) => ({ full_domain: text, record_type: 'A', expected_value: '192.0.2.1' }) },
    { what: 'an address', ask: (text: string) => ({ ...A_MONITOR, record_type: 'AAAA', expected_value: text }) },
    { what: 'a mail server', ask: (text: string) => ({ ...A_MONITOR, record_type: 'MX', expected_value: text }) },
    { what: 'a service', ask: (text: string) => ({ ...A_MONITOR, record_type: 'SRV', expected_value: text }) },
    { what: 'an authority', ask: (text: string) => ({ ...A_MONITOR, record_type: 'CAA', expected_value: text }) },
  ])('neither does $what', async ({ ask }) => {
    for (const pump of PUMPS) {
      const began = performance.now()
      const { status } = await api.call('POST', '/monitors', { json: ask(pump.repeat(LENGTH / pump.length)) })
      expect(status).toBe(400)
      expect({ pump, isQuick: performance.now() - began < 1500 }).toEqual({ pump, isQuick: true })
    }
  })

  test('neither does an address to send to, nor a header', async () => {
    for (const pump of PUMPS) {
      const text = pump.repeat(2000 / pump.length)
      for (const json of [
        { url: `https://${text}` },
        { url: `mailto:${text}` },
        { url: 'https://x.example', headers: { [text]: text } },
      ]) {
        const began = performance.now()
        const { status } = await api.call('POST', '/webhooks', { json: { ...json, is_active: false } })
        expect([201, 400]).toContain(status)
        expect({ pump, isQuick: performance.now() - began < 1500 }).toEqual({ pump, isQuick: true })
      }
    }
  })
})

describe('size', () => {
  test.for([
    { what: 'a token', path: '/token', type: 'application/json', body: JSON.stringify({ secret: 'x'.repeat(9000) }) },
    {
      what: 'a session',
      path: '/app/sign-in',
      type: 'application/x-www-form-urlencoded',
      body: `key=${'x'.repeat(9000)}`,
    },
  ])('who asks for $what is read no further than 8 kB', async ({ path, type, body }) => {
    const headers = { 'Content-Type': type, Origin: api.address }
    const answer = await fetch(api.address + path, { method: 'POST', headers, body })
    expect(answer.status).toBe(413)
  })
})

describe('addresses', () => {
  const guess = (own: Api, forwarded: string) =>
    own.call('GET', '/me', {
      key: 'sk_guessed',
      headers: { 'X-Forwarded-For': forwarded, Forwarded: `for=${forwarded}` },
    })
  const guesses = async (own: Api, count: number, forwarded: (n: number) => string): Promise<readonly number[]> => {
    const statuses: number[] = []
    for (let n = 0; n < count; n++) statuses.push((await guess(own, forwarded(n))).status)
    return statuses
  }

  test('nobody has another address by saying so', async () => {
    await using own = await startApi({ DNSRADAR_RATE_LIMIT: '2' })
    expect(await guesses(own, 4, (n) => `198.51.100.${n}`)).toEqual([401, 401, 429, 429])
  })

  test('behind a trusted proxy each caller counts alone, by the address that the proxy saw and not by what it was told', async () => {
    await using own = await startApi({ DNSRADAR_RATE_LIMIT: '2', DNSRADAR_TRUST_PROXY: '127.0.0.1' })
    expect(await guesses(own, 4, (n) => `203.0.113.${n}, 198.51.100.7`)).toEqual([401, 401, 429, 429])
    expect(await guesses(own, 1, () => '198.51.100.8')).toEqual([401])
  })

  test.for([
    { what: 'keys', ask: (own: Api, n: number) => own.call('GET', '/me', { key: `sk_guess_${n}` }) },
    {
      what: 'secrets of an application',
      ask: (own: Api, n: number) =>
        fetch(`${own.address}/token`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ applicationId: 'ours', secret: `guess ${n}` }),
        }),
    },
  ])('of $what that are guessed at once no more are answered than of those one after the other', async ({ ask }) => {
    await using own = await startApi({ DNSRADAR_RATE_LIMIT: '5' })
    await own.call('POST', '/entri/applications', { json: { application_id: 'ours', secret: 'ours' } })
    const replies = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(own, n)))
    const statuses = replies.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(35)
  })
})

describe('names', () => {
  test.for([
    '/docs/..%2f..%2fpackage.json',
    '/docs/%2e%2e/package.json',
    '/docs/../package.json',
    '/docs/swagger-ui.css/../package.json',
    '/docs/package.json',
    '/docs/index.html',
    '/docs/__proto__',
    '/app/assets/x/..%2fregister.ts',
    '/app/assets/x/..%5cregister.ts',
    '/app/assets/x/__proto__',
    '/app/assets/x/constructor',
    '/app/assets/..%2f..%2f..%2f..%2fpackage.json/x',
    '/badge/..%2f..%2fpackage.svg',
    '/badge/__proto__.svg',
    '/status/..%2f..%2fetc%2fpasswd',
  ])('no file is found by %s', async (path) => {
    const { status, text } = await askAs('radar.example', path)
    expect(status).toBe(404)
    expect(text).not.toMatch(/"version"|"dependencies"|import |root:/)
  })

  test('what a cache may keep is the same whatever host was asked for', async () => {
    await api.call('POST', '/groups', { json: { slug: 'shown', is_public: true } })
    const kept = ['/badge/shown.svg', '/badge/shown.json', '/status/shown', '/openapi.json', '/llms.txt', '/docs']
    for (const path of [...kept, '/monitor/openapi.json', '/docs/initializer.js']) {
      const plain = await askAs('radar.example', path)
      const poisoned = await askAs('evil.example', path)
      expect({ path, cached: plain.cached, status: plain.status }).toEqual({
        path,
        cached: expect.stringContaining('public'),
        status: 200,
      })
      expect(poisoned.text).toBe(plain.text)
      expect(poisoned.text + poisoned.headers).not.toContain('evil.example')
    }
  })

  test('a search takes % and _ for what they are', async () => {
    await api.call('POST', '/monitors', {
      json: { full_domain: 'www.example.com', record_type: 'A', expected_value: '192.0.2.1', is_active: false },
    })
    const found = async (q: string) => (await api.call('GET', `/monitors?q=${encodeURIComponent(q)}`)).body.data.length
    expect(await found('www.exam')).toBe(1)
    for (const wild of ['%', '_', 'w%m', 'ww_.example.com', '*', '\\', "' OR 1=1 --"]) expect(await found(wild)).toBe(0)
  })

  test('a request to another host is answered as any other', async () => {
    expectProblem(await api.call('GET', '/me', { key: null }), 401, 'no_key')
    const answer = await askAs('evil.example', '/app')
    expect([answer.status, answer.headers]).toEqual([303, expect.stringContaining('location: /app/sign-in')])
  })
})

/** Everything that is answered until the server hangs up; what it leaves open is closed after a second of silence. */
async function speak(sent: string): Promise<string> {
  const socket = open()
  socket.setTimeout(1000, () => socket.destroy())
  socket.end(sent, 'latin1')
  return heard(socket)
}

/** Sends a drop each second until the server has had enough. */
async function drip(beginning: string, drop: string): Promise<{ answer: string; seconds: number }> {
  const socket = open()
  const began = performance.now()
  socket.write(beginning)
  const tap = setInterval(() => socket.write(drop), 1000)
  const answer = await heard(socket)
  clearInterval(tap)
  return { answer, seconds: (performance.now() - began) / 1000 }
}

function open(): Socket {
  const { hostname, port } = new URL(api.address)
  const socket = connect(Number(port), hostname)
  // The server hangs up while we still speak: what it had said before is what counts.
  socket.on('error', () => {})
  return socket
}

async function heard(socket: Socket): Promise<string> {
  const pieces: string[] = []
  socket.on('data', (piece) => pieces.push(piece.toString('latin1')))
  await once(socket, 'close')
  return pieces.join('')
}

/** `fetch` gives no say in the host. */
async function askAs(host: string, path: string) {
  const { hostname, port } = new URL(api.address)
  const asked = request({ hostname, port, path, headers: { Host: host, 'X-Forwarded-Host': host } })
  const [answer] = await once(asked.end(), 'response')
  const text = (await answer.setEncoding('utf8').toArray()).join('')
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`)
  return {
    status: Number(answer.statusCode),
    cached: String(answer.headers['cache-control']),
    headers: headers.join('\n'),
    text: String(text),
  }
}
