/** Files as they come in: through a path or a pipe, and only what is text. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PLAIN } from './output.ts'
import { readSource, refuseSource } from './source.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dnsradar-source-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const nothing = { input: Readable.from([]) }

test('a file by its path, and - for what comes through a pipe', async () => {
  const path = join(folder, 'zone.db')
  await writeFile(path, 'a A 192.0.2.1 ; ä')
  expect(await readSource(nothing, path)).toBe('a A 192.0.2.1 ; ä')
  const piped = { input: Readable.from([Buffer.from('a A '), Buffer.from('192.0.2.1')]) }
  expect(await readSource(piped, '-')).toBe('a A 192.0.2.1')
})

test('what is no UTF-8 is refused with the way out', async () => {
  const path = join(folder, 'latin1.db')
  await writeFile(path, Buffer.from([0x61, 0xe4]))
  await expect(readSource(nothing, path)).rejects.toThrow(/is not UTF-8 text; convert it first/)
})

test('faults are lines that editors follow, the first fifty of them, with nothing in them that a terminal obeys', () => {
  const lines: string[] = []
  const output = {
    out: () => {},
    err: (line: string) => void lines.push(line),
    redraw: () => {},
    screen: PLAIN,
    notes: PLAIN,
  }
  const faults = Array.from({ length: 60 }, (_, at) => ({ place: { line: at + 1, column: 2 }, message: 'a\u001b[2J' }))
  expect(refuseSource(output, 'f', faults, 'nothing was done.')).toBe(2)
  expect(lines).toHaveLength(51)
  expect(lines[0]).toBe('f:1:2: a\\u001b[2J')
  expect(lines.at(-1)).toBe('60 faults (10 more are not shown): nothing was done.')
})
