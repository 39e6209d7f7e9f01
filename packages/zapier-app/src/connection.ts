/**
 * Where a connection points to, read from what a person typed.
 *
 * The key goes to this server and to no other, so an address that looks like one host and means another
 * (`http://good@other`) is refused rather than understood.
 */
import { Fault } from './fault.ts'

export interface Connection {
  /** Without a slash at its end; with a path when a proxy puts the server under one. */
  readonly base: string
  /** As a person would name the server: `radar.example.com:8053`. */
  readonly host: string
  readonly key: string
}

const EXAMPLE = 'https://radar.example.com'

/** Throws a `Fault` that repeats neither the key nor credentials in the address. */
export function connectionOf(authData: Readonly<Record<string, unknown>>): Connection {
  const { base, host } = addressIn(authData['server_url'])
  return { base, host, key: keyIn(authData['api_key']) }
}

function addressIn(given: unknown): Pick<Connection, 'base' | 'host'> {
  const text = typeof given === 'string' ? given.trim() : ''
  // URL parsers drop control characters and read a backslash as a slash: what is seen would not be what is meant.
  if (!/^https?:\/\/(?!\/)[^\s\\\p{Cc}]+$/iu.test(text) || !URL.canParse(text)) {
    throw new Fault(`The server address must begin with https:// or http://, for example ${EXAMPLE}.`)
  }
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || authorityOf(text).includes('@')) {
    throw new Fault(`The server address must not hold a user name or password. Use one like ${EXAMPLE}.`)
  }
  if (/[?#]/.test(text)) {
    throw new Fault(`The server address must end with its path, without ? and #. Use one like ${EXAMPLE}.`)
  }
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, host: url.host }
}

/** `http://@host` has empty credentials, which the parsed address no longer shows. */
function authorityOf(text: string): string {
  return /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? ''
}

function keyIn(given: unknown): string {
  const key = typeof given === 'string' ? given.trim() : ''
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw new Fault('The API key must be 1 to 128 visible characters without spaces. Copy it again.')
  }
  return key
}
