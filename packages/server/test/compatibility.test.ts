/** `docs/compatibility.md` names the test that holds each documented behaviour: files and titles have to be there. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)
const DIFFERENCES = 'What differs on purpose'

interface Row {
  readonly behaviour: string
  readonly files: readonly { readonly path: string; readonly titles: readonly string[] }[]
}

const page = readFileSync(new URL('docs/compatibility.md', ROOT), 'utf8')
const sections = page
  .split('\n## ')
  .slice(1)
  .filter((section) => !section.startsWith(DIFFERENCES))
const rows = sections.flatMap(rowsOf)

test.for(sections.map((section) => ({ heading: section.split('\n')[0], section })))(
  'the section $heading has rows',
  ({ section }) => {
    expect(rowsOf(section)).not.toEqual([])
  },
)

test.for(rows)('held by a test: $behaviour', ({ files }) => {
  expect(files).not.toEqual([])
  for (const { path, titles } of files) {
    const file = new URL(path, ROOT)
    expect(existsSync(file), `${path} exists`).toBe(true)
    expect({ path, titles }).not.toEqual({ path, titles: [] })
    const source = readFileSync(file, 'utf8')
    for (const title of titles) expect(holds(source, title), `${path} has the title ${title}`).toBe(true)
  }
})

/** The lines of its tables below their headings. */
function rowsOf(section: string): Row[] {
  return section
    .split('\n')
    .filter((line, at, lines) => line.startsWith('|') && !isRule(line) && !isRule(lines[at + 1]))
    .map(readRow)
}

function isRule(line = ''): boolean {
  return /^\|\s*:?-/.test(line)
}

/** In the second cell each code span is a path, or a title in the file of the path before it. */
function readRow(line: string): Row {
  const [behaviour = '', held = ''] = line.replace(/^\|\s*|\s*\|$/g, '').split(' | ')
  const files: { path: string; titles: string[] }[] = []
  for (const [, span = ''] of held.matchAll(/`([^`]+)`/g)) {
    if (/\/.*\.ts$/.test(span)) files.push({ path: span, titles: [] })
    else files.at(-1)?.titles.push(span)
  }
  return { behaviour, files }
}

/** As a whole text, so that the beginning of a longer title is not taken for it. */
function holds(source: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`))
}
