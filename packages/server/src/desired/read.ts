/**
 * A configuration file to what it asks for, or all that is wrong with it and where.
 *
 * Whatever a server would refuse is refused here when it can be known: nothing is applied by halves.
 */
import type { NewMonitorInput } from '@dnsradar/client'
import { RadarError } from '@dnsradar/core'
import { newMonitor } from '../actions/new-monitor.ts'
import { DEFAULT_PLAN } from '../actions/plans.ts'
import { given } from '../http/page.ts'
import { shown, validateBody } from '../http/validate.ts'
import { isObject, type Path, readDocument, type SourceDocument } from '../source/document.ts'
import { didYouMean } from '../source/nearest.ts'
import { type Fault, inOrder } from '../source/place.ts'
import type { Desired, DesiredGroup, DesiredMonitor, DesiredWebhook } from './desired.ts'
import { isLabel, OWNER_METADATA } from './ownership.ts'
import {
  DEFAULT_OWNER,
  Defaults,
  GroupEntry,
  MonitorEntry,
  SECTION_KEYS,
  Shell,
  VERSION,
  WebhookEntry,
  type WebhookEntryInput,
} from './schema.ts'
import type * as z from 'zod'

type Environment = Readonly<Record<string, string | undefined>>

/** Either what is asked for or what is wrong. `env` holds what references name. */
export function readConfiguration(
  text: string,
  env: Environment,
):
  | { readonly desired: Desired; readonly faults: readonly [] }
  | { readonly desired: null; readonly faults: readonly Fault[] } {
  const document = readDocument(text)
  if (document.faults.length > 0) return { desired: null, faults: document.faults }
  const reader = new Reader(document, env)
  const desired = reader.read()
  return reader.faults.length === 0 ? { desired, faults: [] } : { desired: null, faults: inOrder(reader.faults) }
}

type Section = keyof typeof SECTION_KEYS

/** As long as an owner may be. */
const LONGEST_OWNER = 'o'.repeat(63)

class Reader {
  readonly faults: Fault[] = []
  readonly #document: SourceDocument
  readonly #env: Environment

  constructor(document: SourceDocument, env: Environment) {
    this.#document = document
    this.#env = env
  }

  read(): Desired {
    const whole = isObject(this.#document.value) ? this.#document.value : {}
    if (!isObject(this.#document.value)) {
      this.#fault(
        [],
        `This is no configuration; it begins with version: ${VERSION} and has monitors, groups or webhooks.`,
      )
    } else this.#hold(Shell, whole, [])
    const defaults =
      whole['defaults'] === undefined ? {} : (this.#hold(Defaults, whole['defaults'], ['defaults']) ?? {})
    const groups = this.#entries('groups', whole).flatMap(([key, value]) => this.#group(key, value) ?? [])
    const monitors = this.#entries('monitors', whole).flatMap(
      ([key, value]) => this.#monitor(key, value, defaults) ?? [],
    )
    const known = new Set(this.#entries('monitors', whole, true).map(([key]) => key))
    const webhooks = this.#entries('webhooks', whole).flatMap(([key, value]) => this.#webhook(key, value, known) ?? [])
    const owner = typeof whole['owner'] === 'string' ? whole['owner'] : DEFAULT_OWNER
    return { owner, groups, monitors, webhooks }
  }

  /** `quiet`: somebody else tells what is wrong with them. */
  #entries(section: Section, whole: Readonly<Record<string, unknown>>, quiet = false): readonly [string, unknown][] {
    const value = whole[section]
    if (value === undefined || value === null) return []
    if (!isObject(value)) {
      if (!quiet) this.#fault([section], `${section} ${shown(value)} is not accepted; give an object by key.`)
      return []
    }
    return Object.entries(value).filter(([key]) => {
      const checked = SECTION_KEYS[section].safeParse(key)
      if (!checked.success && !quiet)
        this.#fault([section, key], `The key ${shown(key)} ${messageOf(checked.error)}.`, 'key')
      return checked.success
    })
  }

  #group(key: string, value: unknown): DesiredGroup | null {
    const path = ['groups', key]
    const entry = this.#hold(GroupEntry, value ?? {}, path)
    return entry === null ? null : { key, place: this.#document.placeOfKey(path), ...entry }
  }

  #monitor(key: string, value: unknown, defaults: z.output<typeof Defaults>): DesiredMonitor | null {
    const path = ['monitors', key]
    const entry = this.#hold(MonitorEntry, value, path)
    if (entry === null) return null
    if (entry.metadata?.[OWNER_METADATA] !== undefined) {
      this.#fault(
        [...path, 'metadata', OWNER_METADATA],
        `${OWNER_METADATA} is set by this program; take it out.`,
        'key',
      )
      return null
    }
    const input = { ...defaults, ...given(entry), external_id: key }
    if (!this.#namesSlugs(path, 'group', [input.group ?? 'default'])) return null
    // With the label that it will carry: metadata has a limit.
    if (
      this.#hold(MonitorEntry, { ...entry, metadata: { ...entry.metadata, [OWNER_METADATA]: LONGEST_OWNER } }, path) ===
      null
    )
      return null
    const monitor = this.#refusals(path, () => newMonitor(input, DEFAULT_PLAN))
    if (monitor === null) return null
    return { key, place: this.#document.placeOfKey(path), input: input as NewMonitorInput, monitor }
  }

  #webhook(key: string, value: unknown, keys: ReadonlySet<string>): DesiredWebhook | null {
    const path = ['webhooks', key]
    const before = this.faults.length
    const entry = this.#hold(WebhookEntry, value, path)
    if (entry === null) return null
    const resolved = {
      url: this.#value(entry.url, [...path, 'url']),
      headers: this.#values(entry.headers, [...path, 'headers']),
      format_options: this.#values(entry.format_options, [...path, 'format_options']),
      secret: entry.secret === undefined ? undefined : this.#value(entry.secret, [...path, 'secret']),
    }
    for (const header of Object.keys(resolved.headers).filter(isLabel)) {
      this.#fault([...path, 'headers', header], `${header} is set by this program; take it out.`, 'key')
    }
    entry.monitors?.forEach((name, at) => {
      if (keys.has(name) || name.startsWith('mon_')) return
      this.#fault([...path, 'monitors', at], `${shown(name)} is no monitor of this file.${didYouMean(name, [...keys])}`)
    })
    this.#namesSlugs(path, 'groups', entry.groups ?? [])
    if (this.faults.length > before) return null
    return { key, place: this.#document.placeOfKey(path), ...complete(entry), ...resolved }
  }

  /** An id is another one on every server. */
  #namesSlugs(path: Path, field: string, groups: readonly string[]): boolean {
    const id = groups.find((group) => group.startsWith('grp_'))
    if (id !== undefined) this.#fault([...path, field], `${field} names a group by its id, ${shown(id)}; use its slug.`)
    return id === undefined
  }

  #values(entries: Readonly<Record<string, string | { env: string }>> | undefined, path: Path): Record<string, string> {
    return Object.fromEntries(
      Object.entries(entries ?? {}).map(([name, value]) => [name, this.#value(value, [...path, name])]),
    )
  }

  #value(value: string | { readonly env: string }, path: Path): string {
    if (typeof value === 'string') return value
    const found = this.#env[value.env]
    if (found !== undefined && found !== '') return found
    this.#fault(path, `The environment variable ${value.env} is not set; set it before this command.`)
    return ''
  }

  #hold<S extends z.ZodType>(schema: S, value: unknown, path: Path): z.output<S> | null {
    return this.#refusals(path, () => validateBody(schema, value))
  }

  #refusals<T>(path: Path, work: () => T): T | null {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof RadarError)) throw error
      const fields = Object.entries(error.fields ?? { '': error.message })
      for (const [field, message] of fields) this.#refused(path, field, message)
      return null
    }
  }

  /** Complaints of the schema continue the field's name, those of the rules are sentences. */
  #refused(path: Path, field: string, message: string): void {
    const steps = stepsOf(field)
    const named = [...path, ...steps].filter((step) => typeof step === 'string').at(-1) ?? 'The file'
    const known = message.split('; known are ')[1]
    const hint = known === undefined ? '' : didYouMean(named, known.split(', '))
    const isWhole = message.endsWith('.') || message.startsWith(`${named} `)
    const text = isWhole ? `${message.replace(/\.$/, '')}.` : `${named} ${message}.`
    this.#fault([...path, ...steps], `${text}${hint}`, known === undefined ? 'value' : 'key')
  }

  #fault(path: Path, message: string, at: 'key' | 'value' = 'value'): void {
    const place = at === 'key' ? this.#document.placeOfKey(path) : this.#document.placeOf(path)
    this.faults.push({ place, message })
  }
}

/** `metadata.a.b` is one member: only lists nest deeper, and those by number. */
function stepsOf(field: string): Path {
  const [, head = '', index, rest] = /^([^.[]*)(?:\[(\d+)\])?(?:\.(.*))?$/s.exec(field) ?? []
  return [
    ...(head === '' ? [] : [head]),
    ...(index === undefined ? [] : [Number(index)]),
    ...(rest === undefined ? [] : [rest]),
  ]
}

function messageOf(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'is not accepted'
}

/** What a webhook has when it is made without saying more. */
function complete(
  entry: WebhookEntryInput,
): Omit<DesiredWebhook, 'key' | 'place' | 'url' | 'headers' | 'format_options' | 'secret'> {
  const all = entry.all_groups ?? false
  return {
    method: entry.method ?? 'POST',
    groups: [...new Set(entry.groups ?? (all ? [] : ['default']))],
    all_groups: all,
    events: entry.events ?? ['record.*'],
    states: entry.states ?? [],
    record_types: entry.record_types ?? [],
    monitors: entry.monitors ?? [],
    format: entry.format,
    timeout_seconds: entry.timeout_seconds,
    is_active: entry.is_active,
  }
}
