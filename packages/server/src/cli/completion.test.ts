import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { completionOf } from './completion.ts'
import { commandTree } from './index.ts'
import { PLAIN } from './output.ts'

const silent = { out: () => {}, err: () => {}, redraw: () => {}, screen: PLAIN, notes: PLAIN }
const context = { output: silent, input: process.stdin, env: {}, interrupted: () => new AbortController().signal }
const tree = commandTree({ context, act: () => async () => {} })

describe('bash completes', () => {
  /** What is offered for the last word. */
  async function offered(...words: string[]): Promise<readonly string[]> {
    const typed = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`
    const script = `${completionOf('bash', tree)}\n${typed}; _dnsradar; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await promisify(execFile)('bash', ['-c', script])
    return stdout.split('\n').filter((word) => word !== '')
  }

  test.for([
    { words: ['dnsradar', 'moni'], offers: ['monitors'] },
    { words: ['dnsradar', 'monitors', 'en'], offers: ['enable'] },
    { words: ['dnsradar', 'monitors', 'list', '--sta'], offers: ['--state'] },
    { words: ['dnsradar', 'monitors', 'list', '--state', 'MIS'], offers: ['MISMATCH'] },
    { words: ['dnsradar', 'monitors', 'list', '--state', 'VALID', '--order', ''], offers: ['asc', 'desc'] },
    { words: ['dnsradar', 'completion', ''], offers: ['bash', 'zsh', 'fish'] },
    { words: ['dnsradar', 'groups', 'monitors', '--registrable'], offers: ['--registrable-domain'] },
  ])('$words', async ({ words, offers }) => {
    expect(await offered(...words)).toEqual(expect.arrayContaining(offers))
  })

  test('nothing that does not begin as typed', async () => {
    expect(await offered('dnsradar', 'monitors', 'xyz')).toEqual([])
  })
})

test.for(['zsh', 'fish'] as const)(
  '%s is given every command and option, and no quotation that does not end',
  (shell) => {
    const script = completionOf(shell, tree)
    for (const word of ['monitors', 'rotate-secret', 'registrable-domain', 'MISMATCH']) expect(script).toContain(word)
    const open = script.split('\n').filter((line) => line.startsWith('complete ') && line.split("'").length % 2 === 0)
    expect(open).toEqual([])
  },
)
