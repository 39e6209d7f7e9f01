/** What an answer looks like to people: a table of a list, the members of one object. */
import type {
  State,
  WireAuditEntry,
  WireEntriApplication,
  WireEvent,
  WireGroup,
  WireKey,
  WireMonitor,
  WireNode,
  WireRequest,
  WireSystemEvent,
  WireWebhook,
} from '@dnsradar/client'
import { type Output, paint, type Screen, type Style } from './output.ts'
import type { Row, Shown } from './resources/operation.ts'
import { type Column, details, table } from './table.ts'

export function showList(output: Output, { shows }: Row, items: readonly object[]): void {
  if (items.length === 0) return output.err('Nothing is there.')
  for (const line of table(output.screen, COLUMNS[shows], items)) output.out(line)
}

export function showOne(output: Output, { done }: Row, answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return output.out(done)
  for (const line of objectLines(output.screen, answer)) output.out(line)
}

/** Scalars first, each on a line; then what has rows of its own, as a table under its name. */
function objectLines(screen: Screen, object: object): readonly string[] {
  const members = Object.entries(object)
  const own = members.filter(([, value]) => !isNested(value)).map(([name, value]) => [name, textOf(value)] as const)
  const nested = members.filter(([, value]) => isNested(value))
  return [...details(screen, own), ...nested.flatMap(([name, value]) => ['', ...nestedLines(screen, name, value)])]
}

function nestedLines(screen: Screen, name: string, value: unknown): readonly string[] {
  const heading = paint(screen, 'bold', name)
  if (!Array.isArray(value)) return [heading, ...objectLines(screen, value as object).map(indented)]
  const columns = Object.keys((value[0] ?? {}) as object).map((member) => ({
    heading: member,
    text: (item: object) => textOf((item as Record<string, unknown>)[member]),
  }))
  return [heading, ...table({ ...screen, columns: screen.columns - 2 }, columns, value as object[]).map(indented)]
}

function indented(line: string): string {
  return line === '' ? line : `  ${line}`
}

/** Reasons are sentences; objects of plain values are pairs. Whatever else has members stands by itself. */
function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isObject) && !value.every(isReason)
  return isObject(value) && Object.values(value).some((inner) => isObject(inner) || Array.isArray(inner))
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (Array.isArray(value)) return value.length === 0 ? '-' : listed(value)
  if (isObject(value)) return pairs(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function listed(values: readonly unknown[]): string {
  // Reasons are sentences with their full stops.
  if (values.every(isReason)) return values.map(({ message }) => message).join(' ')
  return values.map((value) => (isObject(value) ? labelOf(value) : textOf(value))).join(', ')
}

function isReason(value: unknown): value is { readonly message: string } {
  return isObject(value) && typeof value['message'] === 'string' && typeof value['code'] === 'string'
}

function pairs(object: object): string {
  const entries = Object.entries(object)
  const shown = entries.map(([name, value]) => `${name}=${isObject(value) ? labelOf(value) : textOf(value)}`)
  return shown.length === 0 ? '-' : shown.join(' ')
}

/** An object inside a line: what people call it. */
function labelOf(object: Readonly<Record<string, unknown>>): string {
  const { domain, subdomain, full_domain: name, record_type: type, url, uuid } = object
  if (typeof domain === 'string') return `${nameOf({ domain, subdomain: textOrNull(subdomain) })} ${textOf(type)}`
  if (typeof name === 'string') return `${name} ${textOf(type)}`
  return textOrNull(url) ?? textOrNull(uuid) ?? JSON.stringify(object)
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const STATE_STYLES: Readonly<Record<State, Style>> = {
  UNSET: 'dim',
  VALID: 'green',
  MISMATCH: 'red',
  NOT_FOUND: 'red',
  TIMEOUT: 'yellow',
  INVALID: 'yellow',
}

/** The longest of them. */
export const STATE_WIDTH: number = Math.max(...Object.keys(STATE_STYLES).map(({ length }) => length))

/** A later server may know more states. */
export function paintState(screen: Screen, text: string, state: string): string {
  const style = STATE_STYLES[state as State]
  return style === undefined ? text : paint(screen, style, text)
}

const column = <Item>(heading: string, text: (item: Item) => unknown): Column<Item> => ({
  heading,
  text: (item) => textOf(text(item)),
})

const idColumn = <Item>(id: (item: Item) => string): Column<Item> => ({ heading: 'ID', text: id, isWhole: true })

const stateColumn = <Item>(heading: string, state: (item: Item) => State): Column<Item> => ({
  heading,
  text: state,
  paint: (screen, text, item) => paintState(screen, text, state(item)),
})

export function nameOf({ domain, subdomain }: { readonly domain: string; readonly subdomain: string | null }): string {
  return subdomain === null ? domain : `${subdomain}.${domain}`
}

const MONITORS: readonly Column<WireMonitor>[] = [
  idColumn(({ uuid }) => uuid),
  stateColumn('STATE', ({ state }) => state),
  column('NAME', nameOf),
  column('TYPE', ({ record_type: type }) => type),
  column('NOW', ({ current_value: value }) => value),
  column('GROUP', ({ group }) => group),
  column('LAST LOOK', ({ last_checked: at, is_active: isActive }) => (isActive ? at : 'disabled')),
]

const EVENTS: readonly Column<WireEvent>[] = [
  idColumn(({ uuid }) => uuid),
  column('TIME', ({ occurred }) => occurred),
  column('NAME', nameOf),
  column('TYPE', ({ record_type: type }) => type),
  column('FROM', ({ old_state: state }) => state),
  stateColumn('TO', ({ new_state: state }) => state),
  column('WHY', ({ reasons }) => reasons),
]

const GROUPS: readonly Column<WireGroup>[] = [
  idColumn(({ uuid }) => uuid),
  column('SLUG', ({ slug }) => slug),
  column('NAME', ({ name }) => name),
  column('MONITORS', ({ monitors }) => monitors),
  column('WEBHOOKS', ({ webhooks }) => webhooks),
  column('PUBLIC', ({ is_public: isPublic }) => (isPublic ? 'yes' : 'no')),
]

const WEBHOOKS: readonly Column<WireWebhook>[] = [
  idColumn(({ uuid }) => uuid),
  column('ACTIVE', ({ is_active: isActive, disabled_reason: reason }) => (isActive ? 'yes' : `no (${reason ?? '-'})`)),
  column('URL', ({ url }) => url),
  column('FORMAT', ({ format }) => format),
  column('GROUPS', ({ groups, all_groups: all }) => (all ? 'all' : groups)),
  column('WAITING', ({ pending }) => pending),
  column('LAST ERROR', ({ last_error: error }) => error),
]

const REQUESTS: readonly Column<WireRequest>[] = [
  idColumn(({ uuid }) => uuid),
  {
    ...column<WireRequest>('STATUS', ({ status }) => status),
    paint: (screen, text, { status }) => paint(screen, status === 'DELIVERED' ? 'green' : 'yellow', text),
  },
  column('KIND', ({ kind }) => kind),
  column('CREATED', ({ created }) => created),
  column('ANSWER', ({ status_code: code, error_message: error }) => code ?? error),
  column('RETRIES', ({ retries }) => retries),
  column('NEXT TRY', ({ next_attempt: at }) => at),
]

const SYSTEM_EVENTS: readonly Column<WireSystemEvent>[] = [
  idColumn(({ uuid }) => uuid),
  column('TIME', ({ created }) => created),
  column('TYPE', ({ type }) => type),
  column('DATA', ({ data }) => data),
]

const AUDIT: readonly Column<WireAuditEntry>[] = [
  column('TIME', ({ created }) => created),
  column('KEY', ({ key_uuid: key }) => key ?? 'command line'),
  column('ACTION', ({ action }) => action),
  column('OBJECT', ({ object }) => object),
  column('CHANGES', ({ changes }) => changes),
]

const NODES: readonly Column<WireNode>[] = [
  idColumn(({ id }) => id),
  column('ROLES', ({ roles }) => roles),
  column('VERSION', ({ version }) => version),
  column('STARTED', ({ started }) => started),
  column('HEARD OF', ({ heartbeat }) => heartbeat),
]

const APPLICATIONS: readonly Column<WireEntriApplication>[] = [
  idColumn(({ uuid }) => uuid),
  column('APPLICATION', ({ application_id: id }) => id),
  column('WEBHOOK', ({ webhook_url: url }) => url),
  column('USER', ({ user_id: user }) => user),
  column('CREATED', ({ created }) => created),
]

const KEYS: readonly Column<WireKey>[] = [
  idColumn(({ uuid }) => uuid),
  column('NAME', ({ name }) => name),
  column('SCOPES', ({ scopes }) => scopes),
  column('LAST USED', ({ last_used: at }) => at),
  column('EXPIRES', ({ expires }) => expires),
]

/** A row of the operations' tables names the kind, so its items are of it. */
const COLUMNS: Readonly<Record<Shown, readonly Column<object>[]>> = {
  monitor: MONITORS as readonly Column<object>[],
  event: EVENTS as readonly Column<object>[],
  group: GROUPS as readonly Column<object>[],
  webhook: WEBHOOKS as readonly Column<object>[],
  request: REQUESTS as readonly Column<object>[],
  system_event: SYSTEM_EVENTS as readonly Column<object>[],
  audit: AUDIT as readonly Column<object>[],
  node: NODES as readonly Column<object>[],
  application: APPLICATIONS as readonly Column<object>[],
  key: KEYS as readonly Column<object>[],
  other: [],
}
