/** **The table** of formats: how each is written, sent and set up. A new one is a file beside this and a row here. */
import type { FieldErrors } from '../../errors.ts'
import { type Format, FORMATS } from '../delivery.ts'
import { HIDDEN } from '../objects.ts'
import { discord } from './discord.ts'
import { dnsradar } from './dnsradar.ts'
import { email } from './email.ts'
import { entri } from './entri.ts'
import type { FormatOptions, FormatRow } from './format.ts'
import { ntfy } from './ntfy.ts'
import { pagerduty } from './pagerduty.ts'
import { slack } from './slack.ts'
import { teams } from './teams.ts'

export const FORMAT_ROWS: Readonly<Record<Format, FormatRow>> = {
  dnsradar,
  slack,
  discord,
  teams,
  pagerduty,
  ntfy,
  email,
  entri,
}

export const OFFERED_FORMATS: readonly Format[] = FORMATS.filter((format) => FORMAT_ROWS[format].isOffered)

/** The format of a webhook that names none. */
export function inferFormat(url: string): Format {
  if (!URL.canParse(url)) return 'dnsradar'
  const parsed = new URL(url)
  return OFFERED_FORMATS.find((format) => FORMAT_ROWS[format].infers(parsed)) ?? 'dnsradar'
}

/** By `format_options.name`: what is missing, unknown or wrong. */
export function optionFaults(format: Format, options: FormatOptions): FieldErrors {
  const rows = FORMAT_ROWS[format].options
  const known = Object.keys(rows)
  const unknown = Object.keys(options).filter((name) => !known.includes(name))
  const faults: readonly (readonly [name: string, fault: string | null])[] = [
    ...unknown.map(
      (name) => [name, `is not known with format ${format}, which takes ${known.join(', ') || 'none'}`] as const,
    ),
    ...Object.entries(rows).map(([name, { isRequired, fault }]) => {
      const value = options[name]
      if (value === undefined) return [name, isRequired ? 'is required' : null] as const
      return [name, fault(value, options)] as const
    }),
  ]
  return Object.fromEntries(
    faults.flatMap(([name, fault]) => (fault === null ? [] : [[`format_options.${name}`, fault] as const])),
  )
}

/** As callers see them. */
export function shownOptions(format: Format, options: FormatOptions): FormatOptions {
  const { options: rows } = FORMAT_ROWS[format]
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, rows[name]?.isSecret === false ? value : HIDDEN]),
  )
}
