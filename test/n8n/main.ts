/**
 * The packed nodes in a real n8n against a real DNSRadar, driven as the editor drives it:
 *
 *   pnpm test:n8n [CACHE_FOLDER]
 *
 * Not part of `test`: n8n is 2.4 GB. Each line that is printed is something that was seen to hold.
 */
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleNames, type NodeType, readExample, unknownTo } from './examples.ts'
import { openSession, type Saved } from './session.ts'
import { ACTIONS, type Credential, radarWorkflow } from './workflow.ts'

const started = Date.now()
const say = (text: string): void => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`)

await using session = await openSession(process.argv[2] ?? join(tmpdir(), 'dnsradar-real-n8n'))
const { radar, recorder, editor, until, subscriptions, production, save, publish } = session
say('the package is built, packed and unpacked, and n8n is ready')

// Credential
const nodeTypes = await editor.call<NodeType[]>('GET', '/types/nodes.json')
for (const name of ['dnsRadar', 'dnsRadarTrigger', 'dnsRadarTool'])
  assert.ok(
    nodeTypes.some((type) => type.name === `n8n-nodes-dnsradar.${name}`),
    name,
  )
say('n8n knows the trigger, the node and the node as a tool')

const data = { apiKey: radar.key, baseUrl: radar.url }
const makeCredential = async (name: string, given: object) =>
  (await editor.call<{ id: string }>('POST', '/rest/credentials', { name, type: 'dnsRadarApi', data: given })).id
const wrongData = { ...data, apiKey: 'sk_wrong_wrong_wrong_wrong' }
const credential: Credential = { id: await makeCredential('Radar', data), name: 'Radar' }
const wrong: Credential = { id: await makeCredential('Wrong', wrongData), name: 'Wrong' }

const credentialTest = (which: Credential, given: object) =>
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

// Listening for a test event: n8n runs the workflow with the sample, in which only the trigger finds what it looks for
const listen = async (saved: Saved): Promise<void> => {
  const samples = () => recorder.passed.filter((one) => one.path.includes('/webhook-test/'))
  const before = samples().length
  await editor.call('POST', `/rest/workflows/${saved.id}/run`, {
    workflowData: { ...radarWorkflow(credential, radar.url), id: saved.id, active: saved !== draft },
    triggerToStartFrom: { name: 'Radar' },
  })
  const { status, answer } = await until('the sample of the test', () => samples()[before])
  assert.equal(status, 200)
  assert.match(answer, /accepted/)
  await until('the end of the test subscription', async () =>
    (await subscriptions()).every(({ url }) => !url.includes('/webhook-test/')) ? true : undefined,
  )
}
const draft = await save(radarWorkflow(credential, radar.url))
await listen(draft)
assert.equal((await subscriptions()).length, 0)
say('a workflow that was never published is listened to with a sample, and leaves no subscription')

// Activation
let workflow = await save(radarWorkflow(credential, radar.url))
await publish(workflow)
assert.equal((await production()).length, 1)
say('activation subscribes once')

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
const [first] = await session.finished(workflow, 1)
assert.ok(first)
const detail = await session.detail(first)
for (const name of ACTIONS)
  assert.ok(detail.includes(`${JSON.stringify(name)}:`), `${name} ran: ${detail.slice(0, 3000)}`)
assert.equal(first.status, 'success', detail.slice(0, 6000))
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
const refusals = []
for (const request of forged) refusals.push(await recorder.send(request))
assert.deepEqual(
  refusals.map(({ status, answer }) => [status, answer]),
  ['bad_signature', 'missing_header', 'outside_window'].map((refused) => [401, JSON.stringify({ refused })]),
)
const again = await recorder.send({ path, headers, body })
assert.equal(again.status, 200)
assert.match(again.answer, /duplicate/)
assert.equal((await session.executions(workflow)).length, 1)
say('tampered, unsigned and stale deliveries are refused with 401, a repeated one is answered, and none of them runs')

await listen(workflow)
assert.equal((await production()).length, 1)
say('listening beside it fetches a sample and takes only its own subscription away')

// Restarts
for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  await session.restart(signal)
  await until('one active subscription', async () => {
    const found = await production()
    return found.length === 1 && found[0]?.is_active ? true : undefined
  })
  const before = (await session.executions(workflow)).length
  await change(signal === 'SIGTERM' ? '192.0.2.1' : '192.0.2.67')
  await session.finished(workflow, before + 1)
  say(`after ${signal} there is one subscription, and it runs the workflow`)
}
assert.match((await recorder.send({ path, headers, body })).answer, /duplicate/)
say('what ran before the restarts is still known')

for (const { uuid } of await production()) await radar.client.deleteWebhook(uuid)
await session.deactivate(workflow)
await publish(workflow)
assert.equal((await production()).length, 1)
say('a subscription that the server lost is no hindrance to unpublish, and made again when published')

// Changed choices
const narrower = radarWorkflow(credential, radar.url, { events: ['record.broken'] })
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
await session.deactivate(workflow)
await until('no subscription', async () => ((await subscriptions()).length === 0 ? true : undefined))
say('deactivation leaves no subscription')

// The example that the documents begin with, its last node replaced by one that needs no account
const example = readExample('slack-on-mismatch.json')
const nodes = example.nodes.map((one) =>
  one.type === 'n8n-nodes-base.slack'
    ? { ...one, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} }
    : { ...one, credentials: { dnsRadarApi: credential } },
)
workflow = await save({ ...example, nodes })
await publish(workflow)
const hasSent = (detail: string): boolean => detail.includes('"Send Message":')
await change('192.0.2.1')
await change('192.0.2.68')
const [mismatch] = await session.finished(workflow, 1)
assert.ok(mismatch && hasSent(await session.detail(mismatch)))
radar.dns.remove('www.shop.example')
await radar.client.checkMonitor(monitor.uuid)
const [notFound] = await session.finished(workflow, 2)
assert.ok(notFound && !hasSent(await session.detail(notFound)))
await session.deactivate(workflow)
say('the example for Slack sends on a mismatch, and not when the record is gone')

// A wrong key
const failing = await save(radarWorkflow(wrong, radar.url))
const failure = await publish(failing, 'failed').catch((error: unknown) => ({ error: String(error) }))
assert.match(JSON.stringify(failure), /unknown_key/)
say("a wrong key fails the activation with the API's own words")

// Shipped workflows
for (const name of exampleNames()) {
  const shipped = readExample(name)
  assert.deepEqual(unknownTo(nodeTypes, shipped), [], name)
  await save(shipped)
}
say(`the ${exampleNames().length} example workflows import, and n8n knows every node and parameter in them`)
