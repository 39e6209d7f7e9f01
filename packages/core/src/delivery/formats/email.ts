/**
 * Mail: what is stored is the subject and the text as JSON; the mail around them is made when it is sent.
 *
 * The url says who gets it and nothing else: a `mailto:` with header fields could add recipients and attachments.
 */
import { wireTime } from '../payload.ts'
import { type FormatRow, JSON_BY_POST } from './format.ts'
import { type Message, messageOf } from './message.ts'
import { fit } from './text.ts'

/** The stored body of a mail. */
export interface MailText {
  readonly subject: string
  readonly text: string
}

const MAX_SUBJECT = 200
const MAX_RECIPIENTS = 10
/** RFC 5321 section 4.5.3.1. */
const MAX_ADDRESS = 254
const ADDRESS =
  /^[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+)*@(?:[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?\.)+[0-9A-Za-z][0-9A-Za-z-]{0,61}[0-9A-Za-z]$/

export const email: FormatRow = {
  ...JSON_BY_POST,
  urlFault: (url) =>
    readMailto(url) === null
      ? `is not mailto: and 1 to ${MAX_RECIPIENTS} addresses in ASCII; give one such as mailto:ops@example.com,dns@example.com`
      : null,
  body: (telling) => JSON.stringify(mailOf(messageOf(telling))),
  parts: ({ url }, body) => ({ url, contentType: 'application/json', body, carries }),
}

/** A mail has our fields and the caller's `X-DNSRadar-` ones; a signature of the stored text says nothing about it. */
function carries(name: string): boolean {
  return /^(webhook-id|x-dnsradar-(?!signature$).*)$/i.test(name)
}

/** The recipients of `mailto:a@example.com,b@example.com`; null when it is anything else. */
export function readMailto(url: string): readonly string[] | null {
  if (!url.startsWith('mailto:')) return null
  const parts = url.slice('mailto:'.length).split(',')
  const addresses = [...new Set(parts.map(decoded))]
  const fine = addresses.every((address) => address.length <= MAX_ADDRESS && ADDRESS.test(address))
  return fine && parts.length <= MAX_RECIPIENTS ? addresses : null
}

/** A question mark begins the header fields; one that belongs to an address is written %3F. */
function decoded(part: string): string {
  if (part.includes('?')) return ''
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

export function mailOf({ title, summary, facts, url, time }: Message): MailText {
  const lines = facts.map(({ name, values }) => `${name}: ${values.join(', ')}`)
  const text = [summary, '', ...lines, `Time: ${wireTime(time)}`, ...(url === null ? [] : ['', url]), ''].join('\n')
  return { subject: fit(`[DNSRadar] ${title}`, MAX_SUBJECT), text }
}
