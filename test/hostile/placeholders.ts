/**
 * Names that stand in generated requests for what is only known when one is sent: ids, keys, a session.
 *
 * So the same seed gives the same requests, although objects are deleted and made anew all the time.
 */

/** Objects of the installation, by the name of the path parameter that takes them. */
export const KINDS = [
  'monitor',
  'event',
  'webhook',
  'request',
  'group',
  'spare_group',
  'external_id',
  'key',
  'application',
  'domain_name',
  'request_id',
  'version',
  'name',
] as const

/** What lets somebody in, and where. */
const ACCESS = ['admin', 'writer', 'reader', 'application_id', 'secret', 'token', 'cookie', 'origin', 'host'] as const

export type Kind = (typeof KINDS)[number]
export type Known = Readonly<Record<Kind | (typeof ACCESS)[number], string>>

/** Of characters that no encoding of a path, a form or JSON changes. */
export function placeholder(name: keyof Known): string {
  return `~${name}~`
}

/** The other way round: in a text that tells of objects, their names in the place of their ids. */
export function generalize(text: string, known: Known): string {
  return Object.entries(known).reduce(
    (all, [name, value]) => (all === value ? placeholder(name as keyof Known) : all),
    text,
  )
}

export function fill(text: string, known: Known): string {
  return text.replaceAll(/~([a-z_]+)~/g, (whole, name: string) => (known as Record<string, string>)[name] ?? whole)
}
