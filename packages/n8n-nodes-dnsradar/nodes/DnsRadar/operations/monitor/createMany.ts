import { ApiError, type NewMonitorInput, type WireMonitor } from '../../../shared/client.ts'
import { nodeError } from '../../../shared/errors.ts'
import { newMonitor, newMonitorFields } from '../../monitor-fields.ts'
import { type BatchOperation, type BatchResult, type Call, isSet, once } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

/** What one request takes. */
const MOST = 1000

interface Row {
  readonly call: Call
  readonly input: NewMonitorInput
}

/** All items in few requests; a request is all or none. */
export const createManyMonitors: BatchOperation = {
  value: 'createMany',
  name: 'Create Many',
  action: 'Create many monitors',
  description: 'Start to watch one record per item, 1000 a request',
  fields: [
    ...newMonitorFields(),
    {
      displayName: 'Keep Existing',
      name: 'keepExisting',
      type: 'boolean',
      default: true,
      // One for all items of a request.
      noDataExpression: true,
      description: 'Whether a monitor that watches the same in the same group is returned in place of a second one',
    },
    SIMPLIFY_FIELD,
  ],
  async runAll(calls, keepGoing) {
    const { rows, results } = readRows(calls, keepGoing)
    for (let from = 0; from < rows.length; from += MOST) {
      results.push(...(await createRows(rows.slice(from, from + MOST), keepGoing)))
    }
    return results.toSorted((left, right) => left.index - right.index)
  },
}

/** An expression of an item may fail before anything is asked. */
function readRows(calls: readonly Call[], keepGoing: boolean): { rows: Row[]; results: BatchResult[] } {
  const rows: Row[] = []
  const results: BatchResult[] = []
  for (const call of calls) {
    try {
      rows.push({ call, input: newMonitor(call) })
    } catch (error) {
      if (!keepGoing) throw nodeError(call.context.getNode(), error, call.index)
      results.push({ index: call.index, error })
    }
  }
  return { rows, results }
}

/** When `keepGoing`, the rows that the server names are left out and the rest is asked for again. */
async function createRows(rows: readonly Row[], keepGoing: boolean): Promise<BatchResult[]> {
  const [first] = rows
  if (first === undefined) return []
  try {
    const monitors = await request(first.call, rows)
    return rows.map(({ call }, row) => ({ index: call.index, json: shownMonitor(call, monitors[row] as WireMonitor) }))
  } catch (error) {
    if (!keepGoing) throw named(error, rows)
    const refused = refusedRows(error)
    if (refused.size === 0) return rows.map(({ call }) => ({ index: call.index, error }))
    const failures = [...refused].flatMap(([row, fault]) => {
      const index = rows[row]?.call.index
      return index === undefined ? [] : [{ index, error: fault }]
    })
    const rest = rows.filter((_, row) => !refused.has(row))
    return [...failures, ...(await createRows(rest, keepGoing))]
  }
}

/** One monitor per row, in their order. */
async function request(call: Call, rows: readonly Row[]): Promise<readonly WireMonitor[]> {
  const monitors = rows.map(({ input }) => input)
  const body = { monitors, ignore: isSet(call, 'keepExisting') }
  const { data } = await call.client.createMonitors(body, once())
  if (data.length !== rows.length) throw new Error(`The server answered ${data.length} monitors to ${rows.length}`)
  return data
}

const ROW = /^monitors\[(\d+)\]\.?(.*)$/

/** From row to what is wrong there, as `monitors[3].domain` of the answer says. */
function refusedRows(error: unknown): Map<number, ApiError> {
  if (!(error instanceof ApiError)) return new Map()
  const faults = new Map<number, string[]>()
  for (const [path, fault] of Object.entries(error.fields)) {
    const [, row, field] = ROW.exec(path) ?? []
    if (row !== undefined) faults.set(Number(row), [...(faults.get(Number(row)) ?? []), `${field}: ${fault}`])
  }
  const { status, code } = error
  return new Map([...faults].map(([row, all]) => [row, new ApiError(all.join('; '), { status, code })]))
}

/**
 * The message names the items of n8n, which are not the rows of the request after the first 1000. Items of an earlier
 * request were created: run again, they are kept.
 */
function named(error: unknown, rows: readonly Row[]): unknown {
  if (!(error instanceof ApiError)) return error
  const faults = [...refusedRows(error)]
    .slice(0, 5)
    .map(([row, { message }]) => `item ${rows[row]?.call.index}: ${message}`)
  if (faults.length === 0) return error
  const { status, code, fields, requestId, retryAfterMs } = error
  const details = { status, code, fields, requestId, retryAfterMs }
  const [from, to] = [rows[0]?.call.index, rows.at(-1)?.call.index]
  return new ApiError(`None of the items ${from} to ${to} was created: ${faults.join(', ')}`, details)
}
