/**
 * What Zapier's tester leaves out: the store of cursors behind a dropdown that has pages. The app runs as on Zapier, and
 * asks for its cursors over HTTP.
 */
import * as core from 'zapier-platform-core'
import type { Radar } from '../../../test/harness/radar.ts'
import { startReceiver } from '../../../test/harness/webhook-receiver.ts'
import app from '../src/index.ts'
import { authOf, type Item } from './zapier.ts'

export interface Platform extends AsyncDisposable {
  dropdown(key: string, page: number): Promise<Item[]>
}

type Handler = (event: object) => Promise<{ readonly results: Item[] }>

interface Call {
  readonly id: string
  readonly storeKey: string
  readonly method: 'get_cursor' | 'set_cursor'
  readonly params: readonly string[]
}

export async function startPlatform(radar: Radar): Promise<Platform> {
  // The types of core leave it out.
  const handle = (core as unknown as { createAppHandler: (app: object) => Handler }).createAppHandler(app)
  const cursors = new Map<string, string>()
  const rpc = await startReceiver()
  rpc.answer(({ body }, response) => {
    const { id, storeKey, method, params } = JSON.parse(body) as Call
    if (method === 'set_cursor') cursors.set(storeKey, params[0] ?? '')
    const result = method === 'get_cursor' ? (cursors.get(storeKey) ?? null) : null
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id, result }))
  })
  return {
    async dropdown(key, page) {
      const { results } = await handle({
        command: 'execute',
        method: `triggers.${key}.operation.perform`,
        bundle: { authData: authOf(radar), inputData: {}, meta: { page } },
        storeKey: key,
        rpc_base: rpc.origin,
        // Not `token`: core takes one for a reason to send its logs to Zapier.
        environment: { ZAPIER_DEPLOY_KEY: 'of this test' },
      })
      return results
    },
    [Symbol.asyncDispose]: () => rpc.close(),
  }
}
