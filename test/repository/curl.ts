/** A `curl` line as the request that it sends. */
import { parseArgs } from 'node:util'

export interface CurlRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Throws for an option that is not here: a document's reader should need few of them. */
export function readCurl(args: readonly string[]): CurlRequest {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      request: { type: 'string', short: 'X' },
      header: { type: 'string', short: 'H', multiple: true },
      data: { type: 'string', short: 'd' },
      silent: { type: 'boolean', short: 's' },
      'no-buffer': { type: 'boolean', short: 'N' },
    },
    allowPositionals: true,
  })
  const [url, ...more] = positionals
  if (url === undefined || more.length > 0) throw new Error(`curl takes one address, not ${positionals.join(' ')}`)
  return {
    method: values.request ?? (values.data === undefined ? 'GET' : 'POST'),
    url,
    headers: Object.fromEntries((values.header ?? []).map(readHeader)),
    body: values.data,
  }
}

function readHeader(text: string): [name: string, value: string] {
  const [, name, value] = /^(?<name>[\w-]+): *(?<value>.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new Error(`${text} is no header`)
  return [name, value]
}
