/** Documents are true: the tests that they name are there, and so is everything they link to. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DOCUMENTS, ROOT, textOf, withoutFences } from './documents.ts'

/** Name the test that holds each behaviour. */
const HELD = ['docs/compatibility.md', 'docs/security.md']

interface Row {
  readonly behaviour: string
  readonly files: readonly { readonly path: string; readonly titles: readonly string[] }[]
}

describe.each(HELD)('in %s', (path) => {
  const rows = rowsOf(textOf(path))

  test('every table of tests has rows', () => {
    expect(rows.length).toBeGreaterThan(10)
  })

  test.for(rows)('held by a test: $behaviour', ({ files }) => {
    expect(files).not.toEqual([])
    for (const { path: file, titles } of files) {
      expect(existsSync(new URL(file, ROOT)), `${file} exists`).toBe(true)
      expect({ file, titles }).not.toEqual({ file, titles: [] })
      const source = readFileSync(new URL(file, ROOT), 'utf8')
      for (const title of titles) expect(holds(source, title), `${file} has the title ${title}`).toBe(true)
    }
  })
})

test.for(DOCUMENTS)('%s links to what is there', (path) => {
  const page = new URL(path, ROOT)
  const text = withoutCode(textOf(path))
  const targets = [...text.matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(({ groups }) => groups?.['target'] ?? '')
  for (const target of targets.filter((link) => !/^[a-z]+:/.test(link))) {
    const [file = '', anchor] = target.split('#')
    const there = file === '' ? page : new URL(file, page)
    expect(existsSync(there), `${target} exists`).toBe(true)
    if (anchor !== undefined) expect(anchorsOf(readFileSync(there, 'utf8'))).toContain(anchor)
  }
})

function withoutCode(text: string): string {
  return withoutFences(text).replace(/`[^`]*`/g, '')
}

/** As forges make them of headings. */
function anchorsOf(text: string): string[] {
  const headings = withoutCode(text).match(/^#+ .+$/gm) ?? []
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  )
}

/** The lines of every table whose second column is of tests. */
function rowsOf(page: string): Row[] {
  const tables = page.match(/^\|[^|\n]*\| test \|\n(?:\|.*\n)+/gm) ?? []
  return tables.flatMap((table) => table.trim().split('\n').slice(2)).map(readRow)
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
