/** `dnsradar watch`: what it finds of a domain, and the monitors that it makes of it. */
import { describe, expect, test } from 'vitest'
import { startCommand } from '../harness/command-line.ts'
import { golden, openDesk } from '../harness/desk.ts'
import type { Radar } from '../harness/radar.ts'

describe('watch', () => {
  const fill = ({ dns }: Radar): void => {
    dns.set('example.com', 'A', ['192.0.2.1'])
    dns.set('example.com', 'MX', ['10 mx.example.net'])
    dns.set('example.com', 'TXT', ['v=spf1 include:_spf.example.net -all', 'verification=1'])
    dns.set('_dmarc.example.com', 'TXT', ['v=DMARC1; p=none'])
    dns.set('s1._domainkey.example.com', 'CNAME', ['s1.dkim.example.net'])
    dns.set('www.example.com', 'CNAME', ['proxy.example.net'])
    dns.set('proxy.example.net', 'A', ['198.51.100.7'])
  }

  test('finds the apex and the usual names without a server', async () => {
    await using desk = await openDesk()
    fill(desk.radar)
    const { code, stdout } = await desk.run('watch', 'example.com', '--dry-run')
    expect(code).toBe(0)
    expect(golden(stdout)).toMatchInlineSnapshot(`
      "NAME                       TYPE   NOW
      example.com                A      192.0.2.1
      example.com                MX     10 mx.example.net
      example.com                TXT    v=spf1 include:_spf.example.net -all, verification=1
      www.example.com            CNAME  proxy.example.net
      _dmarc.example.com         TXT    v=DMARC1; p=none
      s1._domainkey.example.com  CNAME  s1.dkim.example.net"
    `)
  })

  test('makes baseline monitors of all of it, once', async () => {
    await using desk = await openDesk()
    fill(desk.radar)
    const first = await desk.run('watch', 'example.com', '--yes', '--json', '--group', 'customer-42')
    expect(first.code).toBe(0)
    const made = JSON.parse(first.stdout) as { state: string; match: string; group: string }[]
    expect(made).toHaveLength(6)
    for (const monitor of made)
      expect(monitor).toMatchObject({ state: 'VALID', match: 'baseline', group: 'customer-42' })
    const again = await desk.run('watch', 'example.com', '--yes', '--json', '--group', 'customer-42')
    expect(again).toMatchObject({ code: 0, stdout: '[]\n', stderr: 'All of it is watched already.\n' })
    expect(await desk.read<object[]>('monitors', 'list', '--all')).toHaveLength(6)
  })

  test('asks before it makes anything, and makes nothing where nobody can answer', async () => {
    await using desk = await openDesk()
    fill(desk.radar)
    const ran = await desk.run('watch', 'example.com')
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain('--yes')
    expect(await desk.read('monitors', 'list')).toEqual([])
  })

  test.for([
    { answer: '\n', made: 6, code: 0 },
    { answer: 'y\n', made: 6, code: 0 },
    { answer: 'n\n', made: 0, code: 1 },
    { answer: 'what?\n', made: 0, code: 1 },
  ])('on a terminal the answer $answer makes $made', async ({ answer, made, code }) => {
    await using desk = await openDesk()
    fill(desk.radar)
    await using asking = startCommand(['watch', 'example.com'], desk.env, { terminal: true })
    await asking.printed(/\[Y\/n\]/)
    asking.type(answer)
    expect(await asking.ended).toMatchObject({ code })
    expect(await desk.read<object[]>('monitors', 'list')).toHaveLength(made)
  })

  test('says when nothing is there, and when nobody could say', async () => {
    await using desk = await openDesk()
    expect(await desk.run('watch', 'example.org', '--dry-run')).toMatchObject({ code: 1, stdout: '' })
    desk.radar.dns.behave('*', { kind: 'rcode', rcode: 5 })
    const ran = await desk.run('watch', 'example.org', '--dry-run')
    expect(ran).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^dnsradar: [^\n]+\n$/) })
    expect(ran.stderr).toContain('DNSRADAR_RESOLVERS')
  })

  test('says which questions got no answer', async () => {
    await using desk = await openDesk()
    fill(desk.radar)
    desk.radar.dns.behave('www.example.com', { kind: 'rcode', rcode: 5 })
    const ran = await desk.run('watch', 'example.com', '--dry-run')
    expect(ran).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Nobody could say [^\n]*www\.example\.com A[^\n]*\n$/),
    })
  })
})
