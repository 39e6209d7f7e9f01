/** System events in words for people: a title, and a sentence that says what happened. */
import type { SystemEventKind } from '../monitor/event.ts'
import { hostnameOf } from './context.ts'
import { spoken } from './summary.ts'
import type { SystemEvent } from './system-event.ts'

export interface SystemWords {
  readonly title: string
  readonly summary: string
}

/** Reads `data` as the makers of `system-event.ts` wrote it; what is not there is left out of the sentence. */
export function systemWords({ type, data }: Pick<SystemEvent, 'type' | 'data'>): SystemWords {
  return WORDS[type](data)
}

type Data = SystemEvent['data']

const WORDS: Readonly<Record<SystemEventKind, (data: Data) => SystemWords>> = {
  'domain.restored': (data) => ({
    title: `Domain restored: ${textOf(data['domain'])}`,
    summary: `All records of ${textOf(data['domain'])} are as expected again${after(data['broken_for_seconds'])}.`,
  }),
  'domain.record_missing': (data) => ({
    title: `Record missing: ${textOf(data['domain'])}`,
    summary: `Of ${textOf(data['domain'])}, ${countOf(data['records_non_propagated'])} not published as declared.`,
  }),
  'domain.record_restored': (data) => ({
    title: `Records restored: ${textOf(data['domain'])}`,
    summary: `All records of ${textOf(data['domain'])} are published as declared again.`,
  }),
  'monitor.created': ofMonitor('Monitor created', (record) => `${record} is watched from now on.`),
  'monitor.enabled': ofMonitor('Monitor enabled', (record) => `${record} is watched again.`),
  'monitor.disabled': ofMonitor('Monitor disabled', (record) => `${record} is not watched until somebody enables it.`),
  'monitor.deleted': ofMonitor('Monitor deleted', (record) => `${record} is not watched any more.`),
  'webhook.disabled': (data) => ({
    title: `Webhook disabled: ${webhookOf(data)}`,
    summary: `Nothing is sent to ${webhookOf(data)} any more: ${whyDisabled(data)}${lost(data['failed'])}.`,
  }),
  'webhook.recovered': (data) => ({
    title: `Webhook enabled: ${webhookOf(data)}`,
    summary: `${webhookOf(data)} is sent to again${lost(data['failed'])}.`,
  }),
  'resolver.outage': (data) => ({
    title: `DNS upstream fails: ${textOf(data['server'])}`,
    summary: `The DNS upstream ${textOf(data['server'])} fails ${percent(data['failing_share'])} of its answers; nothing is concluded from it.`,
  }),
  'resolver.recovered': (data) => ({
    title: `DNS upstream recovered: ${textOf(data['server'])}`,
    summary: `The DNS upstream ${textOf(data['server'])} answers again.`,
  }),
}

function ofMonitor(title: string, sentence: (record: string) => string): (data: Data) => SystemWords {
  return (data) => {
    const { record_type, domain, subdomain } = objectOf(data['monitor'])
    const type = textOf(record_type)
    const name = hostnameOf({
      domain: textOf(domain),
      subdomain: typeof subdomain === 'string' ? subdomain : null,
    })
    return { title: `${title}: ${type} ${name}`, summary: sentence(`The ${type} record of ${name}`) }
  }
}

/** The host and no more: the path of a webhook's url is often all that protects it. */
function webhookOf(data: Data): string {
  const { uuid, url } = objectOf(data['webhook'])
  const address = textOf(url)
  const host = URL.canParse(address) ? new URL(address).host : ''
  return `${textOf(uuid)}${host === '' ? '' : ` (${host})`}`
}

function whyDisabled({ reason, last_error }: Data): string {
  const error = textOf(last_error)
  switch (reason) {
    case 'gave_up':
      return `its last retry failed${error === '' ? '' : ` (${error})`}`
    case 'gone':
      return 'its receiver said that it is gone'
    default:
      return 'somebody disabled it'
  }
}

function lost(failed: unknown): string {
  if (typeof failed !== 'number' || failed === 0) return ''
  return failed === 1 ? '; 1 delivery can be recovered' : `; ${failed} deliveries can be recovered`
}

function countOf(records: unknown): string {
  const count = Array.isArray(records) ? records.length : 0
  return count === 1 ? '1 record is' : `${count} records are`
}

function after(seconds: unknown): string {
  return typeof seconds === 'number' && seconds > 0 ? `, after ${spoken(seconds)}` : ''
}

function percent(share: unknown): string {
  return typeof share === 'number' ? `${Math.round(share * 100)} %` : 'too many'
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
