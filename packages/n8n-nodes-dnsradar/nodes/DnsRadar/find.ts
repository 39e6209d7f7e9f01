/** From what a locator names to the id that the API takes. */
import type { WireMonitor } from '../shared/client.ts'
import { type Call, locator } from './operation.ts'

export async function monitorId(call: Call): Promise<string> {
  const { mode, value } = given(call, 'monitor')
  if (mode === 'externalId') {
    const { data } = await call.client.listMonitors({ external_id: value })
    return onlyOne(data, `the external ID ${value}`).uuid
  }
  if (mode === 'name') return (await monitorNamed(call, value)).uuid
  return value
}

/** `www.example.com` or, where several monitors watch the name, `www.example.com MX`. */
async function monitorNamed({ client }: Call, value: string): Promise<WireMonitor> {
  const [name = '', type] = value.split(/\s+/)
  const found: WireMonitor[] = []
  for await (const monitor of client.each('listMonitors', { full_domain: name, limit: 100 })) found.push(monitor)
  const wanted = found.filter(({ record_type }) => type === undefined || record_type === type.toUpperCase())
  return onlyOne(wanted, `the domain ${value}`)
}

function onlyOne(monitors: readonly WireMonitor[], what: string): WireMonitor {
  const [monitor, another] = monitors
  if (monitor === undefined) throw new Error(`No monitor has ${what}: choose it from the list, or create it first`)
  if (another !== undefined) {
    const ids = monitors.slice(0, 10).map(({ uuid, record_type }) => `${uuid} (${record_type})`)
    throw new Error(`${monitors.length} monitors have ${what}: choose one by its ID: ${ids.join(', ')}`)
  }
  return monitor
}

export function groupId(call: Call): string {
  return given(call, 'group').value
}

export async function webhookId(call: Call): Promise<string> {
  const { mode, value } = given(call, 'webhook')
  if (mode !== 'url') return value
  const { data } = await call.client.listWebhooks({ url: value, limit: 2 })
  const [webhook, another] = data
  if (webhook === undefined) throw new Error(`No webhook has the URL ${value}: choose it from the list`)
  if (another !== undefined) throw new Error(`Several webhooks have the URL ${value}: choose one by its ID`)
  return webhook.uuid
}

function given(call: Call, name: string): ReturnType<typeof locator> {
  const found = locator(call, name)
  if (found.value === '') throw new Error(`No ${name} is chosen: choose one from the list, or give its ID`)
  return found
}
