/**
 * The packed nodes in a real n8n against a real DNSRadar, driven as the editor drives it:
 *
 *   pnpm --filter n8n-nodes-dnsradar test:real [CACHE_FOLDER]
 *
 * Not part of `test`: n8n is 2.4 GB. Each line that is printed is something that was seen to hold.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startRadar } from '../harness/radar.ts'
import { installN8n, installNodes } from './install.ts'
import { freePort, type N8n, signIn, startN8n } from './n8n-process.ts'
import { startRecorder } from './recorder.ts'
import { ACTIONS, radarWorkflow, type WorkflowJson } from './workflow.ts'

const started = Date.now()
const say = (text: string): void => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`)

const cache = process.argv[2] ?? join(tmpdir(), 'dnsradar-real-n8n')
const command = installN8n(cache)
const userFolder = mkdtempSync(join(tmpdir(), 'dnsradar-n8n-user-'))
installNodes(userFolder)
say('the package is built, packed and unpacked')

await using stack = new AsyncDisposableStack()
stack.defer(() => rmSync(userFolder, { recursive: true, force: true }))
const radar = stack.use(await startRadar({ settings: { DNSRADAR_CONFIRM: '0', DNSRADAR_RETRY_DELAYS: '300ms' } }))
const port = await freePort()
const recorder = stack.use(await startRecorder(() => `http://127.0.0.1:${port}`))
const setting = { command, userFolder, port, publicUrl: `${recorder.url}/` }
let n8n: N8n = await startN8n(setting)
stack.defer(() => n8n.stop('SIGKILL'))
say('n8n is ready')
const editor = await signIn(() => n8n.origin)

async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  withinMs = 45_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`never seen: ${what}\n${n8n.log().slice(-4000)}`)
    await pause(200)
  }
}

const subscriptions = async () => (await radar.client.listWebhooks({ source: 'n8n', limit: 100 })).data
const production = async () => (await subscriptions()).filter(({ url }) => url.includes('/webhook/'))

// Credential
const typesOf = async (path: string) => (await editor.call<{ name: string }[]>('GET', path)).map(({ name }) => name)
const nodeTypes = await typesOf('/types/nodes.json')
for (const name of ['dnsRadar', 'dnsRadarTrigger']) assert.ok(nodeTypes.includes(`n8n-nodes-dnsradar.${name}`), name)
assert.ok(nodeTypes.includes('n8n-nodes-dnsradar.dnsRadarTool'))
say('n8n knows the trigger, the node and the node as a tool')

const data = { apiKey: radar.key, baseUrl: radar.url }
const makeCredential = async (name: string, given: object) =>
  (await editor.call<{ id: string }>('POST', '/rest/credentials', { name, type: 'dnsRadarApi', data: given })).id
const wrongData = { ...data, apiKey: 'sk_wrong_wrong_wrong_wrong' }
const credential = { id: await makeCredential('Radar', data), name: 'Radar' }
const wrong = { id: await makeCredential('Wrong', wrongData), name: 'Wrong' }

const credentialTest = (which: { id: string; name: string }, given: object) =>
  editor.call<{ status: string; message: string }>('POST', '/rest/credentials/test', {
    credentials: { ...which, type: 'dnsRadarApi', data: given },
  })
assert.equal((await credentialTest(credential, data)).status, 'OK')
assert.equal((await credentialTest(wrong, wrongData)).status, 'Error')
say('the credential test takes the right key and refuses a wrong one')

for (const methodName of ['searchMonitors', 'searchGroups', 'searchWebhooks']) {
  const { results } = await editor.call<{ results: unknown[] }>(
    'POST',
    '/rest/dynamic-node-parameters/resource-locator-results',
    {
      path: 'parameters.monitor',
      nodeTypeAndVersion: { name: 'n8n-nodes-dnsradar.dnsRadar', version: 1 },
      methodName,
      currentNodeParameters: {},
      credentials: { dnsRadarApi: credential },
    },
  )
  assert.ok(Array.isArray(results), methodName)
}
say('every list to choose from answers')

// Activation
interface Saved {
  readonly id: string
  readonly versionId: string
}
const save = (workflow: WorkflowJson) => editor.call<Saved>('POST', '/rest/workflows', workflow)
const statusOf = async (id: string) =>
  editor.call<{ status: string } & Record<string, unknown>>('GET', `/rest/workflows/${id}/publication-status`)
async function publish({ id, versionId }: Saved, wanted = 'published') {
  await editor.call('POST', `/rest/workflows/${id}/activate`, { versionId })
  return until(`workflow ${wanted}`, async () => {
    const status = await statusOf(id)
    return status.status === wanted ? status : undefined
  })
}

let workflow = await save(radarWorkflow(credential))
await publish(workflow)
assert.equal((await production()).length, 1)
say('activation subscribes once')

interface Execution {
  readonly id: string
  readonly status: string
  readonly finished: boolean
}
const executions = async () => {
  const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow.id }))
  const found = await editor.call<{ results: Execution[] }>('GET', `/rest/executions?filter=${filter}&limit=50`)
  return found.results
}
const finished = async (count: number) =>
  until(`${count} finished executions`, async () => {
    const done = (await executions()).filter(({ status }) => !['running', 'new', 'waiting'].includes(status))
    return done.length >= count ? done : undefined
  })

radar.dns.set('www.shop.example', 'A', ['192.0.2.1'])
const monitor = await radar.client.createMonitorAndWait({
  full_domain: 'www.shop.example',
  record_type: 'A',
  expected_value: '192.0.2.1',
})
const change = async (value: string) => {
  radar.dns.set('www.shop.example', 'A', [value])
  await radar.client.checkMonitor(monitor.uuid)
}
await change('192.0.2.66')
const [first] = await finished(1)
assert.ok(first)
const detail = await editor.call<{ data: string }>('GET', `/rest/executions/${first.id}`)
for (const name of ACTIONS)
  assert.ok(detail.data.includes(JSON.stringify(name)), `${name} did not run: ${detail.data.slice(0, 3000)}`)
assert.equal(first.status, 'success', detail.data.slice(0, 6000))
say(`a change of DNS runs the workflow, and all ${ACTIONS.length} actions in it succeed`)

const delivery = recorder.passed.at(-1)
assert.ok(delivery)
assert.equal(delivery.status, 200)
assert.match(delivery.answer, /accepted/)

// What is not genuine
const { path, headers, body } = delivery
const without = (name: string) => Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))
const stale = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 4000) }
const forged = [
  { path, headers, body: body.replace('192.0.2.66', '192.0.2.77') },
  { path, headers: without('webhook-signature'), body },
  { path, headers: stale, body },
]
for (const request of forged) assert.equal((await recorder.send(request)).status, 401)
const again = await recorder.send({ path, headers, body })
assert.equal(again.status, 200)
assert.match(again.answer, /duplicate/)
assert.equal((await executions()).length, 1)
say('tampered, unsigned and stale deliveries are refused with 401, a repeated one is answered, and none of them runs')

// Listening beside the active workflow
const node = radarWorkflow(credential)
await editor.call('POST', `/rest/workflows/${workflow.id}/run`, {
  workflowData: { ...node, id: workflow.id, active: true },
  triggerToStartFrom: { name: 'Radar' },
})
await until('the sample of the test', () => recorder.passed.find((one) => one.path.includes('/webhook-test/')))
await until('the end of the test subscription', async () =>
  (await subscriptions()).every(({ url }) => !url.includes('/webhook-test/')) ? true : undefined,
)
assert.equal(recorder.passed.find((one) => one.path.includes('/webhook-test/'))?.status, 200)
assert.equal((await production()).length, 1)
say('listening fetches a sample and takes only its own subscription away')

// Restarts
for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  await n8n.stop(signal)
  n8n = await startN8n(setting)
  await until('one active subscription', async () => {
    const found = await production()
    return found.length === 1 && found[0]?.is_active ? true : undefined
  })
  const before = (await executions()).length
  await change(signal === 'SIGTERM' ? '192.0.2.1' : '192.0.2.67')
  await finished(before + 1)
  say(`after ${signal} there is one subscription, and it runs the workflow`)
}
assert.equal((await recorder.send({ path, headers, body })).status, 200)
say('what ran before the restarts is still known')

// Changed choices
const narrower = radarWorkflow(credential, { events: ['record.broken'] })
const patched = await editor.call<Saved>('PATCH', `/rest/workflows/${workflow.id}`, {
  ...narrower,
  versionId: workflow.versionId,
})
workflow = { id: workflow.id, versionId: patched.versionId }
await publish(workflow)
await until('the narrower filter', async () => {
  const found = await production()
  return found.length === 1 && found[0]?.events.join() === 'record.broken' ? true : undefined
})
say('a changed choice is published into the one subscription')

// Deactivation
await editor.call('POST', `/rest/workflows/${workflow.id}/deactivate`, {})
await until('no subscription', async () => ((await subscriptions()).length === 0 ? true : undefined))
say('deactivation leaves no subscription')

// The example that the documents begin with, its last node replaced by one that needs no account
const folder = fileURLToPath(new URL('../../packages/n8n-nodes-dnsradar/workflows', import.meta.url))
const readWorkflow = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as WorkflowJson
const example = readWorkflow('slack-on-mismatch.json')
const nodes = example.nodes.map((one) =>
  one.type === 'n8n-nodes-base.slack'
    ? { ...one, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} }
    : { ...one, credentials: { dnsRadarApi: credential } },
)
workflow = await save({ ...example, nodes })
await publish(workflow)
const sent = async (execution: Execution) =>
  (await editor.call<{ data: string }>('GET', `/rest/executions/${execution.id}`)).data.includes('"Send Message":')
await change('192.0.2.1')
await change('192.0.2.68')
const [mismatch] = await finished(1)
assert.ok(mismatch && (await sent(mismatch)))
radar.dns.remove('www.shop.example')
await radar.client.checkMonitor(monitor.uuid)
const [notFound] = await finished(2)
assert.ok(notFound && !(await sent(notFound)))
await editor.call('POST', `/rest/workflows/${workflow.id}/deactivate`, {})
say('the example for Slack sends on a mismatch, and not when the record is gone')

// A wrong key
const failing = await save(radarWorkflow(wrong))
const failure = await publish(failing, 'failed').catch((error: unknown) => ({ error: String(error) }))
assert.match(JSON.stringify(failure), /unknown_key/)
say("a wrong key fails the activation with the API's own words")

// Shipped workflows
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const known = new Set(nodeTypes)
for (const name of files) {
  const shipped = readWorkflow(name)
  for (const { type } of shipped.nodes) assert.ok(known.has(type), `${name}: ${type}`)
  await save(shipped)
}
say(`the ${files.length} example workflows import, and n8n knows every node in them`)
