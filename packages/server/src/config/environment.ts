/**
 * The environment itself, and the two settings of the client commands.
 *
 * Apart from the table of settings, because that knows every parser of the product: a command that only asks a server
 * would spend most of its time on loading them.
 */
export type Environment = Readonly<Record<string, string | undefined>>

export const environment: Environment = process.env

/** Server and key of the client commands. */
export const CLIENT_SETTINGS = {
  url: { name: 'DNSRADAR_URL', fallback: 'http://127.0.0.1:8053' },
  token: { name: 'DNSRADAR_TOKEN', fallback: '' },
} as const
