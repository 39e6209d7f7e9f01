/** docs/command-line.md names what there is. Its last table is written by this test: vitest --update. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { EXIT } from './failure.ts'
import { commandTree } from './index.ts'
import { PLAIN } from './output.ts'

const DOCUMENT = new URL('../../../../docs/command-line.md', import.meta.url)

const silent = { out: () => {}, err: () => {}, redraw: () => {}, screen: PLAIN, notes: PLAIN }
const context = { output: silent, input: process.stdin, env: {}, interrupted: () => new AbortController().signal }
const tree = commandTree({ context, act: () => async () => {} })

/** Every command that does something, with the commands that lead to it. */
function leaves(command: Command, path: readonly string[] = []): readonly (readonly [usage: string, says: string])[] {
  if (command.commands.length > 0) return command.commands.flatMap((one) => leaves(one, [...path, one.name()]))
  const usage = command.usage().replace('[options]', '').trim()
  return [[`${path.join(' ')} ${usage}`.trim(), command.description()]]
}

test('the document lists every command', async () => {
  const document = await readFile(DOCUMENT, 'utf8')
  const rows = leaves(tree).map(
    ([usage, says]) => `| \`${usage.replaceAll('|', '\\|')}\` | ${says.replaceAll('|', '\\|')} |`,
  )
  const written = document.slice(0, document.indexOf('| command | |'))
  await expect(`${written}| command | |\n| --- | --- |\n${rows.join('\n')}\n`).toMatchFileSnapshot(DOCUMENT.pathname)
})

test('the document explains every exit status', async () => {
  const document = await readFile(DOCUMENT, 'utf8')
  const explained = [...document.matchAll(/^\| (\d+) \| /gm)].map(([, status]) => Number(status))
  expect(explained).toEqual(Object.values(EXIT))
})

test('every command and option says what it is', () => {
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)]
  const silent = all(tree).flatMap((command) => [
    ...(command.description() === '' ? [command.name()] : []),
    ...command.options.filter(({ description }) => description === '').map(({ flags }) => `${command.name()} ${flags}`),
  ])
  expect(silent).toEqual([])
})
