/**
 * Reading the fields of a step. What a field's definition promises is not what arrives: a mapped field may hold text in
 * the place of a number, one value in the place of a list, or nothing.
 */
import { Fault } from './fault.ts'

/** Undefined for a field that was left empty. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).trim()
  return text === '' ? undefined : text
}

/** A required field that was mapped to something empty. */
export function requiredText(value: unknown, label: string): string {
  const text = textOf(value)
  if (text === undefined) throw new Fault(`${label} is empty. Choose or enter a value.`)
  return text
}

/** What stands in a path. Dots would be resolved away there and reach something else. */
export function requiredId(value: unknown, label: string): string {
  const id = requiredText(value, label)
  if (/^\.+$/.test(id)) throw new Fault(`${label} cannot consist of dots. Choose one or map its ID.`)
  return id
}

/** Empty values are left out; spaces stay, they mean something in a TXT record. */
export function textsOf(value: unknown): string[] {
  return [value]
    .flat()
    .filter((one): one is string | number => textOf(one) !== undefined)
    .map(String)
}

/** For a filter of one choice that the server takes as a list. */
export function oneOf(value: unknown): string[] {
  return [textOf(value)].filter((text) => text !== undefined)
}

/** One of a closed set by its definition. A value that is not is for the server to refuse: it names what it accepts. */
export function wordOf<Word extends string>(value: unknown): Word | undefined {
  return textOf(value) as Word | undefined
}

export function wordsOf<Word extends string>(value: unknown): Word[] {
  return textsOf(value) as Word[]
}

const YES: readonly unknown[] = [true, 'true', 'yes', '1', 1]
const NO: readonly unknown[] = [false, 'false', 'no', '0', 0]

export function flagOf(value: unknown, label: string): boolean | undefined {
  const asked = typeof value === 'string' ? value.trim().toLowerCase() : value
  if (asked === undefined || asked === null || asked === '') return undefined
  if (YES.includes(asked)) return true
  if (NO.includes(asked)) return false
  throw refusedFlag(label)
}

export function requiredFlag(value: unknown, label: string): boolean {
  const flag = flagOf(value, label)
  if (flag === undefined) throw refusedFlag(label)
  return flag
}

function refusedFlag(label: string): Fault {
  return new Fault(`${label} must be true or false.`)
}

export function minutesOf(value: unknown): number | undefined {
  const text = textOf(value)
  if (text === undefined) return undefined
  if (!/^\d{1,6}$/.test(text)) throw new Fault('Frequency must be a number of minutes, such as 5.')
  return Number(text)
}

/** Unix seconds. */
export function timeOf(value: unknown, label: string): number | undefined {
  const text = textOf(value)
  if (text === undefined) return undefined
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new Fault(`${label} must be a date and time, such as 2026-01-08T10:35:22Z.`)
  return Math.floor(ms / 1000)
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the members that were left empty. */
export function given<T extends object>(members: T): Given<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  ) as Given<T>
}
