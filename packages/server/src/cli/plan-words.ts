/** A plan in words: for people, for programs, and as annotations of the file for GitHub's checks. */
import type { Action, Change, FieldChange, Plan } from '../desired/changes.ts'
import type { Fault, Place } from '../source/place.ts'
import { shown } from './output.ts'

const SIGNS: Readonly<Record<Action, string>> = { create: '+', adopt: '>', update: '~', delete: '-' }
const LONGEST_VALUE = 120

export interface Line {
  readonly action: Action
  readonly text: string
}

export function planLines({ changes }: Plan): readonly Line[] {
  return changes.flatMap((change) => {
    const { action, kind, key, about, fields } = change
    const head = `${SIGNS[action]} ${action} ${kind} ${shown(key)} (${shown(about)})`
    return [head, ...fields.map((field) => `    ${fieldText(field)}`)].map((text) => ({ action, text }))
  })
}

function fieldText({ field, from, to }: FieldChange): string {
  if (from === undefined) return `${shown(field)}: ${valueText(to)}`
  return `${shown(field)}: ${valueText(from)} -> ${valueText(to)}`
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return shown(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE).toWellFormed()}…` : text)
}

/** What `--json` prints. Bodies are left out: they may hold secrets. */
export function planJson({ changes, conflicts }: Plan): object {
  return {
    changes: changes.map((change) => ({
      action: change.action,
      kind: change.kind,
      key: change.key,
      about: change.about,
      uuid: 'id' in change ? change.id : null,
      line: lineOf(change),
      fields: change.fields.map(({ field, from, to }) => ({ field, from: from ?? null, to: to ?? null })),
    })),
    conflicts: conflicts.map(({ place, message }) => ({ ...place, message })),
  }
}

function lineOf(change: Change): number | null {
  return 'place' in change ? change.place.line : null
}

/** Workflow commands of GitHub Actions: shown beside the lines of a pull request. */
export function annotatePlan(file: string, { changes, conflicts }: Plan): readonly string[] {
  return [
    ...changes.map((change) => {
      const { action, kind, key, about, fields } = change
      const what = [`${action} ${kind} ${key} (${about})`, ...fields.map(fieldText)].join('\n')
      return command(action === 'delete' ? 'warning' : 'notice', file, 'place' in change ? change.place : null, what)
    }),
    ...annotateFaults(file, conflicts),
  ]
}

export function annotateFaults(file: string, faults: readonly Fault[]): readonly string[] {
  return faults.map(({ place, message }) => command('error', file, place, message))
}

function command(level: 'notice' | 'warning' | 'error', file: string, place: Place | null, message: string): string {
  const where = place === null ? {} : { line: place.line, col: place.column }
  const properties = Object.entries({ file, ...where }).map(([name, value]) => `${name}=${property(String(value))}`)
  return `::${level} ${properties.join(',')}::${data(message)}`
}

/** A line break would end the command, and what follows could be one of its own. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
