/** What the command line cannot do: how it says so, and the status that it exits with. */
import { describe, expect, test } from 'vitest'
import { runCommand } from '../harness/command-line.ts'
import { openDesk } from '../harness/desk.ts'
import { freePort } from '../harness/free-port.ts'

describe('what cannot be done is one line that says the way out, and an exit status of its own', () => {
  const oneLine = /^dnsradar: [^\n]+\n$/

  test('no key: 4', async () => {
    const ran = await runCommand(['monitors', 'list'])
    expect(ran).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(oneLine) })
    expect(ran.stderr).toContain('DNSRADAR_TOKEN')
  })

  test('a wrong key: 4', async () => {
    await using desk = await openDesk()
    const ran = await runCommand(['monitors', 'list'], { DNSRADAR_URL: desk.radar.url, DNSRADAR_TOKEN: 'sk_wrong' })
    expect(ran).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(oneLine) })
    expect(ran.stderr).toContain('DNSRADAR_TOKEN')
    expect(ran.stderr).not.toContain('sk_wrong')
  })

  test('nobody there: 3', async () => {
    const port = await freePort()
    const env = { DNSRADAR_URL: `http://127.0.0.1:${port}`, DNSRADAR_TOKEN: 'sk_any' }
    for (const args of [['monitors', 'list'], ['tail'], ['listen', '--to', 'http://127.0.0.1:1/hook']]) {
      const ran = await runCommand(args, env)
      expect(ran).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(oneLine) })
      expect(ran.stderr).toContain(`127.0.0.1:${port}`)
      expect(ran.stderr).toContain('dnsradar serve')
    }
  })

  test('an address that is none: 2', async () => {
    const ran = await runCommand(['me'], { DNSRADAR_URL: 'radar.example', DNSRADAR_TOKEN: 'sk_any' })
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(oneLine) })
    expect(ran.stderr).toContain('DNSRADAR_URL')
  })

  test('something else lives at the address: 3', async () => {
    await using desk = await openDesk()
    const env = { DNSRADAR_URL: `${desk.radar.url}/elsewhere`, DNSRADAR_TOKEN: desk.radar.key }
    expect(await runCommand(['me'], env)).toMatchObject({ code: 6 })
    desk.radar.receiver.answer({ status: 200, body: 'hello' })
    const other = { DNSRADAR_URL: desk.radar.receiver.origin, DNSRADAR_TOKEN: 'sk_any' }
    expect(await runCommand(['monitors', 'list'], other)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(oneLine),
    })
  })

  test('the plan does not allow it: 5', async () => {
    await using desk = await openDesk({ DNSRADAR_PLAN: 'free' })
    const ran = await desk.run('monitors', 'create', 'example.com', 'A', '--match', 'absent', '--frequency', '5')
    expect(ran).toMatchObject({ code: 5, stdout: '', stderr: expect.stringMatching(oneLine) })
    expect(ran.stderr).toContain('plan free')
  })

  test.for([
    { why: 'nothing of that id: 6', args: ['monitors', 'get', 'mon_01h455vb4pex5vsknk084sn02q'], code: 6 },
    { why: 'a group that has monitors: 7', args: ['groups', 'delete', 'default'], code: 7 },
    { why: 'a value that is none: 2', args: ['monitors', 'create', 'example.com', 'A', '--expect', 'here'], code: 2 },
    { why: 'a number that is none: 2', args: ['monitors', 'list', '--limit', 'many'], code: 2 },
    { why: 'a pair that is none: 2', args: ['monitors', 'list', '--metadata', 'customer'], code: 2 },
    { why: 'a time that is none: 2', args: ['events', 'list', '--since', 'yesterday'], code: 2 },
  ])('$why', async ({ args, code }) => {
    await using desk = await openDesk()
    expect(await desk.run(...args)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(oneLine) })
  })

  test.for([
    { args: ['monitor', 'list'], suggests: 'monitors' },
    { args: ['monitors', 'lst'], suggests: 'list' },
    { args: ['monitors', 'list', '--staet', 'VALID'], suggests: '--state' },
    { args: ['monitors', 'list', '--state', 'BROKEN'], suggests: 'MISMATCH' },
  ])('a slip of the fingers is answered with what was meant: $args', async ({ args, suggests }) => {
    const ran = await runCommand(args, { DNSRADAR_TOKEN: 'sk_any' })
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain(suggests)
  })
})
