/**
 * In which format a webhook writes, and whether its url, its method and its options are those of that format.
 *
 * The four belong together: what an edit leaves alone is held to the rules again when one of the others changes.
 */
import { type Format, type NewWebhook, RadarError, type Webhook, type WebhookEdit } from '@dnsradar/core'
import { FORMAT_ROWS, inferFormat, OFFERED_FORMATS, optionFaults } from '@dnsradar/core/delivery/formats/table'
import { HIDDEN } from '@dnsradar/core/delivery/objects'
import { checkTarget, type TargetRules } from '@dnsradar/core/send/guard'
import type { NewWebhookInput, WebhookPatchInput } from '../schemas/webhooks.ts'

type Formatted = Pick<NewWebhook, 'url' | 'method' | 'format' | 'formatOptions'>

/** The url decides where no format is given, except for subscriptions, whose body is the documented one. */
export function newFormat(targets: TargetRules, input: NewWebhookInput): Formatted {
  const source = input.source ?? null
  const formatted = {
    url: input.url,
    method: input.method ?? 'POST',
    format: input.format ?? (source === null ? inferFormat(input.url) : 'dnsradar'),
    formatOptions: optionsAfter({}, input.format_options ?? {}),
  }
  checkFormat(formatted, source)
  checkUrl(targets, formatted)
  return formatted
}

/** Another url leaves the format as it is; another format begins without the options of the one before it. */
export function formatEdit(
  targets: TargetRules,
  current: Webhook,
  input: WebhookPatchInput,
): Pick<WebhookEdit, 'format' | 'formatOptions'> {
  const { url, method, format = current.format, format_options } = input
  const stored = format === current.format ? current.formatOptions : {}
  const formatOptions = format_options === undefined ? stored : optionsAfter(stored, format_options)
  const after = { url: url ?? current.url, method: method ?? current.method, format, formatOptions }
  if (method !== undefined || input.format !== undefined || format_options !== undefined) {
    checkFormat(after, current.source)
  }
  if (url !== undefined || format !== current.format) checkUrl(targets, after)
  return { format, formatOptions }
}

/** What stands for a value when it is not shown keeps the one that there is. */
export function keptValue(field: string, given: string, stored: string | undefined): string {
  if (given !== HIDDEN) return given
  if (stored !== undefined) return stored
  throw refused({ [field]: `is ${HIDDEN}, which keeps the value that there is, and there is none; give its value` })
}

function optionsAfter(
  stored: NewWebhook['formatOptions'],
  asked: Readonly<Record<string, string>>,
): NewWebhook['formatOptions'] {
  const entries = Object.entries(asked)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, keptValue(`format_options.${name}`, value, stored[name])]),
  )
}

function checkFormat({ format, formatOptions, method }: Formatted, source: Webhook['source']): void {
  if (!OFFERED_FORMATS.includes(format)) {
    throw refused({ format: `${JSON.stringify(format)} is not available here; use ${OFFERED_FORMATS.join(', ')}` })
  }
  if (source !== null) checkSubscription(format, formatOptions)
  const { methods } = FORMAT_ROWS[format]
  if (!methods.includes(method)) {
    throw refused({ method: `${method} is not what ${format} takes; use ${methods.join(', ')} or leave it out` })
  }
  const faults = optionFaults(format, formatOptions)
  if (Object.keys(faults).length > 0) throw refused(faults)
}

function checkSubscription(format: Format, options: NewWebhook['formatOptions']): void {
  const wayOut = 'whose body is the documented one; leave it out, or make a webhook without source'
  if (format !== 'dnsradar') throw refused({ format: `${JSON.stringify(format)} is not for a subscription, ${wayOut}` })
  if (Object.keys(options).length > 0) throw refused({ format_options: `are not for a subscription, ${wayOut}` })
}

/** Mail needs no guard against private addresses, it goes to the operator's own server; it needs that server. */
function checkUrl(targets: TargetRules, { url, format }: Formatted): void {
  if (isMailto(url)) {
    if (format !== 'email') throw blocked('begins with mailto:, which takes format email; give "format": "email"')
    if (targets.mail !== true) {
      throw blocked('begins with mailto:, and no mail can be sent here; let the operator set DNSRADAR_SMTP_URL')
    }
  }
  checkTarget(url, { ...targets, mail: format === 'email' })
  const fault = FORMAT_ROWS[format].urlFault(url)
  if (fault !== null) throw refused({ url: fault })
}

function isMailto(url: string): boolean {
  return /^\s*mailto:/i.test(url)
}

function blocked(fault: string): RadarError {
  return new RadarError('blocked_target', `The url ${fault}.`, { url: fault })
}

function refused(faults: Readonly<Record<string, string>>): RadarError {
  const [[field, fault] = ['', '']] = Object.entries(faults)
  return new RadarError('invalid_field', `${field} ${fault}.`, faults)
}
