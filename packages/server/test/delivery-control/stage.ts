/** A webhook and its monitor on a clock that stands: what the tests of deliveries in people's hands share. */
import type { WireMonitor, WireRequest, WireWebhook } from '@dnsradar/client'
import type { ReceivedRequest } from '../../../../test/harness/webhook-receiver.ts'
import type { Reply } from '../api.ts'
import { type Delivering, startDelivering } from '../delivering.ts'

export interface Stage {
  /** Nobody else's. */
  readonly group: string
  readonly webhook: WireWebhook
  readonly monitor: WireMonitor
  /** Of the webhook in the API. */
  readonly path: string
  /** What came to the webhook's url, in order. */
  received(): readonly ReceivedRequest[]
  /** So many changes of the record, one second apart. */
  change(...states: readonly State[]): Promise<void>
  oldestFirst(): Promise<readonly WireRequest[]>
}

export interface Control extends Delivering {
  post(path: string, json?: object, headers?: Record<string, string>): Promise<Reply>
  stage(webhook?: object): Promise<Stage>
  /** One whose head has failed once and waits for its retry, four minutes and more from now; then so many changes more. */
  stageFailing(...states: readonly State[]): Promise<Stage & { readonly head: WireRequest }>
}

type State = 'MISMATCH' | 'VALID' | 'NOT_FOUND'

export async function startControl(): Promise<Control> {
  const delivering = await startDelivering()
  const { api, receiver } = delivering
  let groups = 0

  async function stage(change: object = {}): Promise<Stage> {
    const group = `control-${(groups += 1)}`
    const url = `${receiver.origin}/${group}`
    const webhook = await delivering.webhook({ url, groups: [group], ...change })
    const monitor = await delivering.valid(group, { group })
    return {
      group,
      webhook,
      monitor,
      path: `/webhooks/${webhook.uuid}`,
      received: () => receiver.requests.filter(({ path }) => path === `/${group}`),
      async change(...states) {
        for (const state of states) await delivering.become(monitor, state)
      },
      oldestFirst: async () => (await delivering.requests(webhook.uuid)).toReversed(),
    }
  }

  return {
    ...delivering,
    post: (path, json, headers) =>
      api.call('POST', path, {
        ...(json === undefined ? {} : { json }),
        ...(headers === undefined ? {} : { headers }),
      }),
    stage,
    async stageFailing(...states) {
      const staged = await stage()
      receiver.answer(500, 1)
      await staged.change('MISMATCH')
      await delivering.failing(staged.webhook.uuid, 1)
      await staged.change(...states)
      const [head] = await staged.oldestFirst()
      if (head === undefined) throw new Error('nothing was queued')
      return { ...staged, head }
    },
  }
}
