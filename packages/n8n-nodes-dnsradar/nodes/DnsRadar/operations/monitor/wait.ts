import { sleep } from 'n8n-workflow'
import { ApiError, type Client, type WireMonitor } from '../../../shared/client.ts'
import { nodeError } from '../../../shared/errors.ts'
import { MONITOR_LOCATOR } from '../../../shared/locators.ts'
import { EVERY_STATE_OPTIONS } from '../../../shared/words.ts'
import { monitorId } from '../../find.ts'
import { type Call, isSet, type ItemOperation, number } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

/** A workflow that waits longer than this should end, and go on with the trigger. */
const MOST_MINUTES = 24 * 60
/** Each look asks the server twice, and it makes a look of its own at the record. */
const LEAST_SECONDS = 1

export const waitForState: ItemOperation = {
  value: 'waitForState',
  name: 'Wait Until State',
  action: 'Wait until a monitor has a state',
  description: 'Check again and again until the record is as wished, or the time is over',
  fields: [
    MONITOR_LOCATOR,
    {
      displayName: 'States',
      name: 'states',
      type: 'multiOptions',
      required: true,
      default: ['VALID'],
      options: EVERY_STATE_OPTIONS,
      description: 'Any of these ends the wait',
    },
    {
      displayName: 'Give Up After',
      name: 'minutes',
      type: 'number',
      default: 10,
      typeOptions: { minValue: 0, maxValue: MOST_MINUTES },
      description: 'Minutes; 0 looks once',
    },
    {
      displayName: 'Look Every',
      name: 'seconds',
      type: 'number',
      default: 15,
      typeOptions: { minValue: LEAST_SECONDS },
      description: 'Seconds between two looks',
    },
    {
      displayName: 'Fail When Time Is Over',
      name: 'failOnTimeout',
      type: 'boolean',
      default: true,
      description: 'Whether the node fails when no state was reached; otherwise it says so in the output',
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const id = await monitorId(call)
    const wanted = call.context.getNodeParameter('states', call.index, ['VALID']) as string[]
    const started = Date.now()
    const deadline = started + Math.min(number(call, 'minutes', 10), MOST_MINUTES) * 60_000
    const pause = Math.max(number(call, 'seconds', 15), LEAST_SECONDS) * 1000
    const monitor = await look(call, id, { wanted, deadline, pause })
    const reached = wanted.includes(monitor.state)
    const waited_seconds = Math.round((Date.now() - started) / 1000)
    if (!reached && isSet(call, 'failOnTimeout')) {
      throw new Error(
        `The monitor is ${monitor.state} after ${waited_seconds} s, not ${wanted.join(' or ')}: give it more time, or turn off Fail When Time Is Over and go on by the member reached`,
      )
    }
    return { ...shownMonitor(call, monitor), reached, waited_seconds }
  },
}

interface Patience {
  readonly wanted: readonly string[]
  /** Epoch milliseconds. */
  readonly deadline: number
  /** Milliseconds. */
  readonly pause: number
}

/** Until a wanted state is seen or the time is over; the last monitor that was seen. */
async function look(call: Call, id: string, { wanted, deadline, pause }: Patience): Promise<WireMonitor> {
  const signal = call.context.getExecutionCancelSignal()
  let monitor = await freshState(call.client, id)
  for (;;) {
    const left = deadline - Date.now()
    if (wanted.includes(monitor.state) || left <= 0) return monitor
    await sleep(Math.min(pause, left))
    if (signal?.aborted === true) throw new Error('The execution was cancelled')
    monitor = await freshStateOr(monitor, call, id)
  }
}

/** A server that restarts within an hour does not end a wait of an hour: what was seen last stands until the next look. */
async function freshStateOr(before: WireMonitor, call: Call, id: string): Promise<WireMonitor> {
  try {
    return await freshState(call.client, id)
  } catch (error) {
    const isFinal = error instanceof ApiError && error.status < 500 && error.code !== 'rate_limited'
    if (isFinal) throw nodeError(call.context.getNode(), error, call.index)
    return before
  }
}

/** A disabled monitor cannot be checked, but its state can be read. */
async function freshState(client: Client, id: string): Promise<WireMonitor> {
  const monitor = await client.getMonitor(id)
  return monitor.is_active ? await client.checkMonitor(id) : monitor
}
