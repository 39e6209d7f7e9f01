/**
 * YAML, and JSON with it, as values that know where they stand.
 *
 * YAML 1.2: `no` is a word and not false. Anchors are followed, but not to the length at which a small file becomes a
 * large value.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { shown } from '../http/validate.ts'
import type { Fault, Place } from './place.ts'

export type Path = readonly (string | number)[]

export interface SourceDocument {
  /** Null for an empty file; not to be used when there are faults. */
  readonly value: unknown
  readonly faults: readonly Fault[]
  /** Where the value at the path stands, or the nearest one above it that is there. */
  placeOf(path: Path): Place
  /** Where the last step of the path is named. */
  placeOfKey(path: Path): Place
}

/** As many as a person would write, and far fewer than it takes to fill the memory. */
const MOST_ALIASES = 1000

export function readDocument(text: string): SourceDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false })
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems = [...document.errors, ...document.warnings]
  const told = problems.map(({ pos, message }) => ({ place: placeAt(pos[0]), message: sentence(message) }))
  const faults = [...told, ...twins(document).map(({ at, message }) => ({ place: placeAt(at), message }))]
  const nodeAt = createWalk(document)
  const startOf = (path: Path): number => {
    for (let length = path.length; length >= 0; length -= 1) {
      const start = nodeAt(path.slice(0, length))?.value?.range?.[0]
      if (start !== undefined) return start
    }
    return 0
  }
  const keyAt = (path: Path): number => nodeAt(path)?.key?.range?.[0] ?? startOf(path)
  return {
    ...(faults.length > 0 ? { value: null, faults } : valueOf(document)),
    placeOf: (path) => placeAt(startOf(path)),
    placeOfKey: (path) => placeAt(keyAt(path)),
  }
}

/** Keys that stand twice. The library's own check compares each key with each other one, and files have thousands. */
function twins(document: Document): readonly { readonly at: number; readonly message: string }[] {
  const found: { at: number; message: string }[] = []
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>()
      for (const { key } of items) {
        const name = nameOf(key)
        if (seen.has(name) && isNode(key)) {
          found.push({ at: key.range?.[0] ?? 0, message: `The key ${shown(name)} stands twice in one object.` })
        }
        if (name !== MERGE) seen.add(name)
      }
    },
  })
  return found
}

const MERGE = '<<'

interface Found {
  readonly key: Node | null
  readonly value: Node | null
}

/** Maps are indexed once: the library looks for a key from the first to the last, and files have thousands. */
function createWalk(document: Document): (path: Path) => Found | null {
  const indexed = new Map<YAMLMap, ReadonlyMap<string, Found>>()

  function membersOf(map: YAMLMap): ReadonlyMap<string, Found> {
    const known = indexed.get(map) ?? new Map(map.items.map((pair) => [nameOf(pair.key), foundIn(pair)]))
    indexed.set(map, known)
    return known
  }

  return (path) => {
    let found: Found | null = { key: null, value: document.contents }
    for (const step of path) {
      const node: Node | null | undefined = isAlias(found.value) ? found.value.resolve(document) : found.value
      if (isMap(node)) found = membersOf(node).get(String(step)) ?? null
      else if (isSeq(node)) found = itemOf(node, Number(step))
      else found = null
      if (found === null) return null
    }
    return found
  }
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : ''
}

function foundIn({ key, value }: Pair): Found {
  return { key: isNode(key) ? key : null, value: isNode(value) ? value : null }
}

function itemOf({ items }: YAMLSeq, at: number): Found | null {
  const item = items[at]
  return isNode(item) ? { key: null, value: item } : null
}

function valueOf(document: ReturnType<typeof parseDocument>): Pick<SourceDocument, 'value' | 'faults'> {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), faults: [] }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { value: null, faults: [{ place: { line: 1, column: 1 }, message: sentence(message) }] }
  }
}

function sentence(message: string): string {
  const [first = ''] = message.split('\n')
  return `${first.replace(/\.$/, '')}.`
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
