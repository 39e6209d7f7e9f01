/** Cookies of the dashboard: never read by scripts, never sent by other sites, only to `/app`. */
import type { Request, Response } from 'express'

/** `secure`: the request, or the public address, is https. Such a cookie is known by its name, so that plain http cannot plant one. */
export interface CookieRules {
  readonly secure: boolean
}

const PATH = '/app'

export function readCookie(req: Pick<Request, 'headers'>, name: string, { secure }: CookieRules): string | null {
  const wanted = nameOf(name, secure)
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const [given, value] = splitAt(pair, '=')
    if (given === wanted) return value
  }
  return null
}

/** `maxAgeMs` of 0 takes it away. `value` is base64url. */
export function setCookie(
  res: Response,
  name: string,
  value: string,
  { secure, maxAgeMs }: CookieRules & { readonly maxAgeMs: number },
): void {
  const parts = [`${nameOf(name, secure)}=${value}`, `Path=${PATH}`, `Max-Age=${Math.floor(maxAgeMs / 1000)}`]
  res.append('Set-Cookie', [...parts, 'HttpOnly', 'SameSite=Strict', ...(secure ? ['Secure'] : [])].join('; '))
}

function nameOf(name: string, secure: boolean): string {
  return secure ? `__Secure-dnsradar-${name}` : `dnsradar-${name}`
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
