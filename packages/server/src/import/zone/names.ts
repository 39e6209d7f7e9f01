/** Names of a zone file made absolute and canonical. */
import { RadarError } from '@dnsradar/core'
import { canonicalName } from '@dnsradar/core/dns/name'
import type { Fault } from '../../source/place.ts'
import type { Token } from './tokens.ts'

/** Thrown inside the reader, which goes on with the next entry. */
export class ZoneFault extends Error {
  override readonly name = 'ZoneFault'
  readonly fault: Fault

  constructor({ place }: Pick<Token, 'place'>, message: string) {
    super(message)
    this.fault = { place, message }
  }
}

/** `origin` is canonical; null while none is known. The root is `.`. */
export function readName(token: Token, origin: string | null): string {
  const { text, quoted } = token
  if (quoted) throw new ZoneFault(token, 'A name stands here, and names have no quotes.')
  if (text === '@') return origin ?? missingOrigin(token)
  if (isAbsolute(text)) return canonical(token, text)
  const above = origin ?? missingOrigin(token)
  return canonical(token, above === '.' ? text : `${text}.${above}`)
}

/** A final dot that no backslash takes for a part of the label. */
function isAbsolute(text: string): boolean {
  const [backslashes = ''] = /\\*(?=\.$)/.exec(text) ?? []
  return text.endsWith('.') && backslashes.length % 2 === 0
}

function canonical(token: Token, text: string): string {
  try {
    return canonicalName(text)
  } catch (error) {
    if (error instanceof RadarError) throw new ZoneFault(token, `${shownToken(token)}: ${error.message}`)
    throw error
  }
}

function missingOrigin(token: Token): never {
  throw new ZoneFault(
    token,
    `${shownToken(token)} is relative, and no $ORIGIN stands before it; name the zone with --origin, such as --origin example.com.`,
  )
}

const LONGEST_SHOWN = 60

export function shownToken({ text }: Pick<Token, 'text'>): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN).toWellFormed()}…` : text)
}

const LABEL = /(?:\\\d{3}|\\[^]|[^.\\])+/g

/** The name itself and all above it, nearest first. A dot behind a backslash is a part of its label. */
export function selfAndAbove(name: string): readonly string[] {
  const labels = name.match(LABEL) ?? []
  return [...labels.map((_, at) => labels.slice(at).join('.')), '.']
}
