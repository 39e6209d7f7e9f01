/**
 * What changed between two values, word by word, and between two sets of records.
 *
 * A policy such as SPF, DMARC or DKIM is one long text of which one term changed, and that term is what a reader looks
 * for. The order of records in an answer means nothing, so equal records are the same wherever they stand, and of the
 * others those are put side by side that have most in common.
 */

export interface Piece {
  readonly kind: 'kept' | 'removed' | 'added'
  readonly text: string
}

/** One record, or two that are the same one before and after. Its pieces, without those of the other side, are the value. */
export interface RecordDiff {
  readonly kind: 'kept' | 'removed' | 'added' | 'changed'
  readonly pieces: readonly Piece[]
}

/** What is kept comes first, then what changed, went and came, each in the order of the values. */
export function diffRecords(before: readonly string[], after: readonly string[]): readonly RecordDiff[] {
  const kept = before.filter((value) => after.includes(value))
  const removed = before.filter((value) => !after.includes(value))
  const added = after.filter((value) => !before.includes(value))
  const pairs = pairUp(removed, added)
  const paired = new Set(pairs.flat())
  return [
    ...kept.map((text) => whole('kept', text)),
    ...pairs.map(([old, young]) => ({ kind: 'changed' as const, pieces: diffWords(old, young) })),
    ...removed.filter((value) => !paired.has(value)).map((text) => whole('removed', text)),
    ...added.filter((value) => !paired.has(value)).map((text) => whole('added', text)),
  ]
}

function whole(kind: Piece['kind'], text: string): RecordDiff {
  return { kind, pieces: [{ kind, text }] }
}

/** Larger sets are not paired: every record of one would be compared with every record of the other. */
const MOST_PAIRINGS = 400
/** Of two records that are the same one, at least this share is in both. */
const LEAST_LIKENESS = 0.4

/** The most alike first; each value at most once. */
function pairUp(removed: readonly string[], added: readonly string[]): (readonly [old: string, young: string])[] {
  if (removed.length * added.length > MOST_PAIRINGS) return []
  const pairings = removed
    .flatMap((old) => added.map((young) => ({ old, young, likeness: likeness(old, young) })))
    .filter((pairing) => pairing.likeness >= LEAST_LIKENESS)
    .toSorted((a, b) => b.likeness - a.likeness)
  const taken = new Set<string>()
  return pairings.flatMap(({ old, young }) => {
    if (taken.has(old) || taken.has(young)) return []
    taken.add(old).add(young)
    return [[old, young] as const]
  })
}

/**
 * What is in both, of what is in either: of the words, or of their letters, whichever says more. A priority is half the
 * words of an MX record, a key nearly all letters of a DKIM record.
 */
function likeness(old: string, young: string): number {
  const [a, b] = [new Set(wordsOf(old)), new Set(wordsOf(young))]
  // A name has one policy of a kind: another one in its place is the same record, however much of it is new.
  if (policyOf(old) !== null && policyOf(old) === policyOf(young)) return 1
  const either = [...new Set([...a, ...b])]
  const both = either.filter((word) => a.has(word) && b.has(word))
  if (either.length === 0) return 0
  return Math.max(both.length / either.length, both.join('').length / either.join('').length)
}

/** `v=spf1` */
function policyOf(text: string): string | null {
  return /^v=[a-z]+\d*(?=[\s;]|$)/i.exec(text)?.[0].toLowerCase() ?? null
}

const SEPARATORS = /[\s;,]+/

function wordsOf(text: string): string[] {
  return text.split(SEPARATORS).filter((word) => word !== '')
}

/** Past this many comparisons the middle counts as replaced whole: a TXT record can hold 64 kB. */
const MOST_COMPARISONS = 250_000

/**
 * Kept pieces and `added` ones are `after` when put together, kept and `removed` ones `before`. What separates words
 * counts too: an exact expectation may fail by a space.
 */
export function diffWords(before: string, after: string): readonly Piece[] {
  const [old, young] = [tokens(before), tokens(after)]
  const start = commonStart(old, young)
  const end = commonStart(old.slice(start).toReversed(), young.slice(start).toReversed())
  const middle = diffMiddle(old.slice(start, old.length - end), young.slice(start, young.length - end))
  const kept = (list: readonly string[]): Piece[] => list.map((text) => ({ kind: 'kept', text }))
  return joined([...kept(old.slice(0, start)), ...middle, ...kept(old.slice(old.length - end))])
}

/** Words and what separates them, in turn. */
function tokens(text: string): string[] {
  return text.match(/[\s;,]+|[^\s;,]+/g) ?? []
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  const differs = a.findIndex((token, index) => token !== b[index])
  return differs === -1 ? Math.min(a.length, b.length) : differs
}

function diffMiddle(old: readonly string[], young: readonly string[]): Piece[] {
  if (old.length * young.length > MOST_COMPARISONS) {
    return [
      { kind: 'removed', text: old.join('') },
      { kind: 'added', text: young.join('') },
    ]
  }
  return withoutIslands(commonSubsequence(old, young))
}

/** The longest common subsequence, with what stands in only one of the two in its place. */
function commonSubsequence(old: readonly string[], young: readonly string[]): Piece[] {
  const lengths = lengthTable(old, young)
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < young.length) {
    const [before = '', after = ''] = [old[i], young[j]]
    if (i < old.length && j < young.length && before === after) {
      pieces.push({ kind: 'kept', text: before })
      i += 1
      j += 1
    } else if (j === young.length || (i < old.length && length(i + 1, j) >= length(i, j + 1))) {
      pieces.push({ kind: 'removed', text: before })
      i += 1
    } else {
      pieces.push({ kind: 'added', text: after })
      j += 1
    }
  }
  return pieces
}

/** At [i][j]: how long the longest common subsequence of what begins there is. */
function lengthTable(old: readonly string[], young: readonly string[]): readonly Uint32Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(young.length + 1))
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i] as Uint32Array, table[i + 1] as Uint32Array]
    for (let j = young.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === young[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return table
}

/** A space that is kept between two changed words tears one change into two. */
function withoutIslands(pieces: readonly Piece[]): Piece[] {
  return pieces.flatMap((piece, index) => {
    const isBetween = isChange(pieces[index - 1]) && isChange(pieces[index + 1])
    if (piece.kind !== 'kept' || !isBetween || wordsOf(piece.text).length > 0) return [piece]
    return [
      { kind: 'removed', text: piece.text },
      { kind: 'added', text: piece.text },
    ]
  })
}

function isChange(piece: Piece | undefined): boolean {
  return piece !== undefined && piece.kind !== 'kept'
}

/** One piece per run; of a change what went stands before what came. */
function joined(pieces: readonly Piece[]): Piece[] {
  const runs: Piece[] = []
  let [removed, added] = ['', '']
  const flush = (): void => {
    if (removed !== '') runs.push({ kind: 'removed', text: removed })
    if (added !== '') runs.push({ kind: 'added', text: added })
    removed = added = ''
  }
  for (const { kind, text } of pieces) {
    if (kind === 'removed') removed += text
    else if (kind === 'added') added += text
    else {
      flush()
      const last = runs.at(-1)
      if (last?.kind === 'kept') runs[runs.length - 1] = { kind, text: last.text + text }
      else runs.push({ kind, text })
    }
  }
  flush()
  return runs
}
