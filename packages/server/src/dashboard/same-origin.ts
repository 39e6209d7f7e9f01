/**
 * Forms are taken from our own pages only.
 *
 * A browser names where a form came from and no page can make it lie. What names nothing is no browser, and has the API.
 */
import type { Request } from 'express'

/** `publicUrl`: what browsers call us where a proxy stands between. */
export function isSameOrigin(req: Pick<Request, 'headers' | 'host'>, publicUrl: string | null): boolean {
  const { origin } = req.headers
  if (origin !== undefined) return isOurs(origin, req.host, publicUrl)
  return req.headers['sec-fetch-site'] === 'same-origin'
}

function isOurs(origin: string, host: string | undefined, publicUrl: string | null): boolean {
  if (!URL.canParse(origin)) return false
  const given = new URL(origin)
  if (publicUrl !== null && given.origin === new URL(publicUrl).origin) return true
  // Which of the two schemes is not compared: a proxy may end TLS and not say so.
  return host !== undefined && given.host === host.toLowerCase()
}
