/** Everything a run needs: a DNSRadar, an n8n with the packed nodes in it, what stands between them, and the editor's ways. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { WireWebhook } from '@dnsradar/client'
import { freePort } from '../harness/free-port.ts'
import { type Radar, startRadar } from '../harness/radar.ts'
import { installN8n, installNodes } from './install.ts'
import { type Editor, type N8n, signIn, startN8n } from './n8n-process.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import type { WorkflowJson } from './workflow.ts'

export interface Saved {
  readonly id: string
  readonly versionId: string
}

export interface Execution {
  readonly id: string
  readonly status: string
}

export interface Session extends AsyncDisposable {
  readonly radar: Radar
  readonly recorder: Recorder
  readonly editor: Editor
  /** Ends n8n and starts it anew, as it was. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** What `look` finds, once it finds something. */
  until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T>
  /** Of n8n's workflows at the server: active ones, and those listened to. */
  subscriptions(): Promise<readonly WireWebhook[]>
  /** Of active workflows only. */
  production(): Promise<readonly WireWebhook[]>
  save(workflow: WorkflowJson): Promise<Saved>
  /** Activation goes on in the background: resolves with what became of it when that is `wanted`. */
  publish(workflow: Saved, wanted?: string): Promise<object>
  deactivate(workflow: Saved): Promise<void>
  executions(workflow: Saved): Promise<readonly Execution[]>
  /** The latest first, once there are `count` that are over. */
  finished(workflow: Saved, count: number): Promise<readonly Execution[]>
  /** What each node of it did, as n8n's own text. */
  detail(execution: Execution): Promise<string>
}

const PATIENCE_MS = 45_000

export async function openSession(cache: string): Promise<Session> {
  await using stack = new AsyncDisposableStack()
  const command = installN8n(cache)
  const userFolder = mkdtempSync(join(tmpdir(), 'dnsradar-n8n-user-'))
  stack.defer(() => rmSync(userFolder, { recursive: true, force: true }))
  installNodes(userFolder)
  const radar = stack.use(await startRadar({ settings: { DNSRADAR_CONFIRM: '0', DNSRADAR_RETRY_DELAYS: '300ms' } }))
  const port = await freePort()
  const recorder = stack.use(await startRecorder(() => `http://127.0.0.1:${port}`))
  const setting = { command, userFolder, port, publicUrl: `${recorder.url}/` }
  let n8n: N8n = await startN8n(setting)
  stack.defer(() => n8n.stop('SIGKILL'))
  const editor = await signIn(() => n8n.origin)
  const held = stack.move()

  const session: Session = {
    radar,
    recorder,
    editor,
    async restart(signal) {
      await n8n.stop(signal)
      n8n = await startN8n(setting)
    },
    async until(what, look) {
      const deadline = Date.now() + PATIENCE_MS
      for (;;) {
        const found = await look()
        if (found !== undefined) return found
        if (Date.now() > deadline) throw new Error(`never seen: ${what}\n${n8n.log().slice(-4000)}`)
        await pause(200)
      }
    },
    subscriptions: async () => (await radar.client.listWebhooks({ source: 'n8n', limit: 100 })).data,
    production: async () => (await session.subscriptions()).filter(({ url }) => url.includes('/webhook/')),
    save: (workflow) => editor.call<Saved>('POST', '/rest/workflows', workflow),
    async publish({ id, versionId }, wanted = 'published') {
      await editor.call('POST', `/rest/workflows/${id}/activate`, { versionId })
      return session.until(`workflow ${wanted}`, async () => {
        const status = await editor.call<{ status: string }>('GET', `/rest/workflows/${id}/publication-status`)
        return status.status === wanted ? status : undefined
      })
    },
    async deactivate({ id }) {
      await editor.call('POST', `/rest/workflows/${id}/deactivate`, {})
    },
    async executions({ id }) {
      const filter = encodeURIComponent(JSON.stringify({ workflowId: id }))
      const found = await editor.call<{ results: Execution[] }>('GET', `/rest/executions?filter=${filter}&limit=50`)
      return found.results
    },
    finished: (workflow, count) =>
      session.until(`${count} finished executions`, async () => {
        const all = await session.executions(workflow)
        const over = all.filter(({ status }) => !['running', 'new', 'waiting'].includes(status))
        return over.length >= count ? over : undefined
      }),
    detail: async ({ id }) => (await editor.call<{ data: string }>('GET', `/rest/executions/${id}`)).data,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
  return session
}
