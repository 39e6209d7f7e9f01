/** Lists of `tag=value` between semicolons, as DMARC (RFC 9989) and DKIM (RFC 6376 section 3.2) write them. */

export interface Tag {
  readonly name: string
  readonly value: string
}

export interface TagList {
  readonly tags: readonly Tag[]
  /** Pieces between semicolons that are no tag. */
  readonly strays: readonly string[]
}

/** White space around names, values and separators does not count; neither do empty pieces. */
export function readTags(octets: string): TagList {
  const tags: Tag[] = []
  const strays: string[] = []
  for (const piece of octets.split(';')) {
    const text = trim(piece)
    if (text === '') continue
    const equals = text.indexOf('=')
    const name = trim(text.slice(0, Math.max(equals, 0)))
    if (/^[a-z]\w*$/i.test(name)) tags.push({ name, value: trim(text.slice(equals + 1)) })
    else strays.push(text)
  }
  return { tags, strays }
}

/** The white space of the grammar; `trim` of strings would take the no-break space with it. */
export function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start += 1
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/** The name of the first tag that stands twice, or null. */
export function repeatedTag(tags: readonly Tag[]): string | null {
  const seen = new Set<string>()
  for (const { name } of tags) {
    if (seen.has(name)) return name
    seen.add(name)
  }
  return null
}
