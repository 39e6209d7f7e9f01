/**
 * Which headers a webhook may add to its requests.
 *
 * Checked when the webhook is created: undici refuses some of these only when a request is built, drops others
 * silently, and would send a `Host` of the caller's choice also as the TLS server name.
 */
import { RadarError, type FieldErrors } from '../errors.ts'

const MAX_HEADERS = 20
const MAX_NAME = 64
const MAX_VALUE = 4096

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Printable Latin-1; spaces only inside, because parsers on the way strip them from the ends. */
const VALUE = /^(?:[\x21-\x7e\xa1-\xff](?:[\x20-\x7e\xa0-\xff]*[\x21-\x7e\xa1-\xff])?)?$/

/** A trailing `*` stands for any ending. */
const REFUSED: readonly { readonly names: readonly string[]; readonly because: string }[] = [
  {
    names: ['host', 'content-length', 'content-type', 'content-encoding', 'user-agent'],
    because: 'is set by DNSRadar from the url and the body',
  },
  {
    names: [
      'connection',
      'keep-alive',
      'proxy-*',
      'te',
      'trailer',
      'transfer-encoding',
      'upgrade',
      'http2-settings',
      'expect',
    ],
    because: 'controls the connection, which is not yours to control',
  },
  {
    names: ['metadata', 'metadata-flavor', 'x-aws-ec2-*', 'x-google-metadata-request'],
    because: 'opens the metadata service of a cloud',
  },
  {
    names: [
      'webhook-*',
      'x-webhook-*',
      'x-dnsradar-signature',
      'x-dnsradar-event',
      'x-dnsradar-group',
      'x-dnsradar-external-id',
      'x-dnsradar-webhook',
    ],
    because: 'is a name that DNSRadar sends itself',
  },
]

/** Throws `blocked_header` naming each faulty header as `headers.Name`. Names keep their spelling. */
export function validateHeaders(headers: readonly (readonly [name: string, value: string])[]): void {
  if (headers.length > MAX_HEADERS) {
    throw refusal({ headers: `has ${headers.length} entries; at most ${MAX_HEADERS} are accepted` })
  }
  const faults: Record<string, string> = {}
  const seen = new Set<string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    const fault = nameFault(name) ?? (seen.has(key) ? 'is given twice; give it once' : null) ?? valueFault(value)
    if (fault !== null) faults[`headers.${printable(name)}`] = fault
    seen.add(key)
  }
  if (Object.keys(faults).length > 0) throw refusal(faults)
}

function nameFault(name: string): string | null {
  if (name.length > MAX_NAME || !TOKEN.test(name)) {
    return `is not a header name; 1 to ${MAX_NAME} letters, digits and hyphens are accepted`
  }
  const key = name.toLowerCase()
  const row = REFUSED.find(({ names }) => names.some((pattern) => covers(pattern, key)))
  return row === undefined ? null : `${row.because}; choose another name`
}

function covers(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}

/** Values may be credentials, so the message never quotes them. */
function valueFault(value: string): string | null {
  if (value.length > MAX_VALUE) return `has a value of ${value.length} characters; at most ${MAX_VALUE} are accepted`
  return VALUE.test(value) ? null : 'has a value with line breaks, outer spaces or characters outside printable Latin-1'
}

function printable(name: string): string {
  return name.slice(0, MAX_NAME).replace(/[^\x21-\x7e]/g, '?')
}

function refusal(faults: FieldErrors): RadarError {
  const [first] = Object.entries(faults)
  return new RadarError('blocked_header', `${first?.[0]} ${first?.[1]}.`, faults)
}
