/**
 * A table of records as monitors (RFC 4180): one row for each record, as registrars export them.
 *
 * Rows that name the same record set make one monitor which expects all their values, so the order and number of rows
 * do not matter. What a row says beside its value has to be the same in all of them.
 */
import type { NewMonitorInput } from '@dnsradar/client'
import { CsvError, parse } from 'csv-parse/sync'
import { didYouMean } from '../source/nearest.ts'
import type { Fault, Place } from '../source/place.ts'
import { shown } from '../http/validate.ts'
import type { Reading, Wanted } from './reading.ts'

/** Columns by what they are called in the first row; the field of a monitor that each one fills. */
const COLUMNS = {
  full_domain: 'full_domain',
  name: 'full_domain',
  domain: 'domain',
  subdomain: 'subdomain',
  record_type: 'record_type',
  type: 'record_type',
  expected_value: 'expected_value',
  value: 'expected_value',
  priority: 'priority',
  match: 'match',
  frequency: 'frequency',
  notify: 'notify',
  is_active: 'is_active',
  group: 'group',
  external_id: 'external_id',
} as const

type Field = (typeof COLUMNS)[keyof typeof COLUMNS]

type Column = { readonly field: Field } | { readonly metadata: string }

interface Cell {
  /** `column` counts the table's columns from 1. */
  readonly place: Place
  readonly text: string
}

interface Row {
  readonly place: Place
  readonly cells: ReadonlyMap<Field, Cell>
  readonly metadata: Readonly<Record<string, string>>
}

export function readCsv(text: string): Reading {
  const [faults, found]: [Fault[], Lines] = [[], []]
  try {
    found.push(...readLines(text))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { wanted: [], leftOut: [], faults: [brokenQuoting(error)] }
  }
  const [header, ...body] = found
  if (header === undefined) return noHeader()
  const columns = header.cells.map((cell, at) => readColumn(cell, { line: header.line, column: at + 1 }, faults))
  checkColumns(columns, header.line, faults)
  if (faults.length > 0) return { wanted: [], leftOut: [], faults }
  const rows = body.flatMap((line) => readRow(line, columns, faults) ?? [])
  const wanted = [...Map.groupBy(rows, identity).values()].flatMap((same) => monitorOf(same, faults) ?? [])
  return { wanted, leftOut: [], faults }
}

type Lines = { readonly line: number; readonly cells: readonly string[] }[]

function readLines(given: string): Lines {
  const text = given.replaceAll(/\r\n?/g, '\n')
  const rows = parse(text, {
    bom: true,
    delimiter: delimiterOf(text),
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as { record: string[]; raw: string; info: { lines: number } }[]
  return rows.map(({ record, raw, info }) => ({
    // The parser counts to the end of a row, which may have line breaks in quotes.
    line: info.lines - (raw.trim().match(/\n/g)?.length ?? 0),
    cells: record,
  }))
}

/** Spreadsheets separate by what their country does not use in numbers. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split('\n', 1)
  return [',', ';', '\t'].find((sign) => header.includes(sign)) ?? ','
}

const QUOTING = 'Put a whole cell in quotes, and write a quote inside it twice.'

function brokenQuoting({ code, lines, column }: CsvError & { lines?: number; column?: unknown }): Fault {
  const place = { line: lines ?? 1, column: typeof column === 'number' ? column + 1 : 1 }
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return { place, message: `A cell that begins with a quote never ends. ${QUOTING}` }
    case 'INVALID_OPENING_QUOTE':
      return { place, message: `A quote stands in the middle of a cell. ${QUOTING}` }
    case 'CSV_INVALID_CLOSING_QUOTE':
      return { place, message: `Text follows the closing quote of a cell. ${QUOTING}` }
    default:
      return { place, message: `This row cannot be read (${code}). ${QUOTING}` }
  }
}

function noHeader(): Reading {
  const message = `The file is empty; its first row names the columns, such as ${EXAMPLE}.`
  return { wanted: [], leftOut: [], faults: [{ place: { line: 1, column: 1 }, message }] }
}

const EXAMPLE = 'name,type,value'

function readColumn(cell: string, place: Place, faults: Fault[]): Column | null {
  const metadata = /^metadata(?:\.(.+)|\[(.+)\])$/i.exec(cell)
  if (metadata !== null) return { metadata: metadata[1] ?? metadata[2] ?? '' }
  const written = cell.toLowerCase()
  if (Object.hasOwn(COLUMNS, written)) return { field: COLUMNS[written as keyof typeof COLUMNS] }
  const known = Object.keys(COLUMNS)
  faults.push({
    place,
    message: `${shown(cell)} is no column.${didYouMean(cell, known)} Known are ${known.join(', ')} and metadata.<key>.`,
  })
  return null
}

function checkColumns(columns: readonly (Column | null)[], line: number, faults: Fault[]): void {
  const names = columns.map((column) => (column === null ? null : 'field' in column ? column.field : null))
  names.forEach((name, at) => {
    if (name === null || names.indexOf(name) === at) return
    faults.push({ place: { line, column: at + 1 }, message: `A column for ${name} stands further left already.` })
  })
  const lacks = [
    names.includes('full_domain') || names.includes('domain') ? [] : ['name'],
    names.includes('record_type') ? [] : ['type'],
  ].flat()
  if (lacks.length > 0 && faults.length === 0) {
    const message = `The first row lacks a column ${lacks.join(' and ')}; it names the columns, such as ${EXAMPLE}.`
    faults.push({ place: { line, column: 1 }, message })
  }
}

function readRow({ line, cells }: Lines[number], columns: readonly (Column | null)[], faults: Fault[]): Row | null {
  if (cells.length > columns.length) {
    const message = `This row has ${cells.length} cells, and there are ${columns.length} columns. ${QUOTING}`
    faults.push({ place: { line, column: columns.length + 1 }, message })
    return null
  }
  const fields = new Map<Field, Cell>()
  const metadata: [string, string][] = []
  for (const [at, text] of cells.entries()) {
    const column = columns[at]
    if (text === '' || column === null || column === undefined) continue
    if ('field' in column) fields.set(column.field, { place: { line, column: at + 1 }, text })
    else metadata.push([column.metadata, text])
  }
  return { place: { line, column: 1 }, cells: fields, metadata: Object.fromEntries(metadata) }
}

const IDENTITY: readonly Field[] = [
  'full_domain',
  'domain',
  'subdomain',
  'record_type',
  'group',
  'match',
  'external_id',
]

/** Names are compared as they are written, but for case and the final dot. */
function identity({ cells }: Row): string {
  return IDENTITY.map((field) => cells.get(field)?.text.toLowerCase().replace(/\.$/, '') ?? '').join('\n')
}

const SAME: readonly Field[] = ['frequency', 'notify', 'is_active']

function monitorOf(rows: readonly Row[], faults: Fault[]): Wanted | null {
  const [first, ...others] = rows
  if (first === undefined) throw new Error('a group of rows has one')
  const before = faults.length
  for (const row of others) checkSame(first, row, faults)
  const values = rows.flatMap((row) => valueOf(row, faults) ?? [])
  const { cells } = first
  const text = (field: Field): Record<string, string> => {
    const cell = cells.get(field)
    return cell === undefined ? {} : { [field]: cell.text }
  }
  const words = ['full_domain', 'domain', 'subdomain', 'match', 'notify', 'group', 'external_id'] as const
  const input = {
    ...Object.assign({}, ...words.map(text)),
    record_type: cells.get('record_type')?.text.toUpperCase(),
    ...numberOf(cells.get('frequency'), faults),
    ...flagOf(cells.get('is_active'), faults),
    ...(values.length === 0 ? {} : { expected_value: values.map((value) => value.text) }),
    ...(Object.keys(first.metadata).length === 0 ? {} : { metadata: first.metadata }),
  } as NewMonitorInput
  return faults.length > before ? null : { place: first.place, input, values: values.map(({ place }) => place) }
}

function checkSame(first: Row, row: Row, faults: Fault[]): void {
  for (const field of SAME) {
    const [said, says] = [first.cells.get(field), row.cells.get(field)]
    if ((said?.text ?? '') === (says?.text ?? '')) continue
    const message = `${field} is another than in line ${first.place.line}, which is of the same monitor; say the same in both.`
    faults.push({ place: says?.place ?? row.place, message })
  }
  if (JSON.stringify(first.metadata) !== JSON.stringify(row.metadata)) {
    const message = `The metadata is another than in line ${first.place.line}, which is of the same monitor; say the same in both.`
    faults.push({ place: row.place, message })
  }
}

/** Exports of zones give the priority of an MX record a column of its own. */
function valueOf({ cells }: Row, faults: Fault[]): Cell | null {
  const value = cells.get('expected_value')
  const priority = cells.get('priority')
  const isMx = cells.get('record_type')?.text.toUpperCase() === 'MX'
  if (value === undefined || priority === undefined || !isMx) return value ?? null
  if (/^\d+$/.test(priority.text)) return { place: value.place, text: `${priority.text} ${value.text}` }
  faults.push({
    place: priority.place,
    message: `${shown(priority.text)} is no priority; use a number from 0 to 65535.`,
  })
  return null
}

function numberOf(cell: Cell | undefined, faults: Fault[]): { frequency?: number } {
  if (cell === undefined) return {}
  if (/^\d{1,6}$/.test(cell.text)) return { frequency: Number(cell.text) }
  faults.push({ place: cell.place, message: `frequency ${shown(cell.text)} is no number; give minutes, such as 60.` })
  return {}
}

const YES = ['true', 'yes', '1']
const NO = ['false', 'no', '0']

function flagOf(cell: Cell | undefined, faults: Fault[]): { is_active?: boolean } {
  if (cell === undefined) return {}
  const word = cell.text.toLowerCase()
  if (YES.includes(word) || NO.includes(word)) return { is_active: YES.includes(word) }
  faults.push({ place: cell.place, message: `is_active ${shown(cell.text)} is not accepted; use true or false.` })
  return {}
}
