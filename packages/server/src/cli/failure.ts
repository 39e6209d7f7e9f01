/**
 * What a command that cannot go on says, and with which status it ends.
 *
 * Errors are told apart by their names: their classes live beside the database drivers and the client, which a command
 * should not have to load in order to fail.
 */
import { shown } from './output.ts'

/** Part of the public interface: docs/command-line.md. */
export const EXIT = {
  done: 0,
  /** Asked, and the answer is no: a check that is not VALID. */
  no: 1,
  /** The command line, a setting or the input is wrong, or something stands in the way: nothing was done. */
  usage: 2,
  /** No server answers, or it is not ready. */
  unreachable: 3,
  /** No key, a wrong one, or one that may not do this. */
  key: 4,
  /** The plan does not allow it. */
  plan: 5,
  missing: 6,
  /** What is there stands against it. */
  conflict: 7,
  limited: 8,
  broken: 70,
  interrupted: 130,
} as const

export type Exit = (typeof EXIT)[keyof typeof EXIT]

/** Ends the command. The message is one line that says the way out. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly exit: Exit

  constructor(exit: Exit, message: string) {
    super(message)
    this.exit = exit
  }
}

export function usage(message: string): CommandFailed {
  return new CommandFailed(EXIT.usage, message)
}

export interface Explained {
  readonly lines: readonly string[]
  readonly status: number
}

/** One line each for what the caller can put right; a stack only for what they cannot. */
export function explain(error: unknown): Explained {
  if (!(error instanceof Error)) return { lines: [`Something is broken here: ${String(error)}`], status: EXIT.broken }
  const known = EXPLAINED[error.name]?.(error as never) ?? (isFileTrouble(error) ? refused(error) : null)
  return known ?? { lines: [`Something is broken here: ${error.stack ?? error.message}`], status: EXIT.broken }
}

const EXPLAINED: Readonly<Record<string, (error: never) => Explained | null>> = {
  CommandFailed: (error: CommandFailed) => said(error.exit, error.message),
  ConfigError: ({ problems }: { problems: readonly string[] }) => ({
    lines: problems.map(oneLine),
    status: EXIT.usage,
  }),
  StartError: refused,
  StoreRefused: refused,
  RadarError: refused,
  ApiError: refusedByServer,
  AbortError: () => said(EXIT.interrupted, 'Interrupted.'),
}

function refused(error: Error): Explained {
  return said(EXIT.usage, error.message)
}

function said(status: number, message: string): Explained {
  return { lines: [oneLine(message)], status }
}

interface ServerError extends Error {
  readonly status: number
  readonly code: string
  readonly fields: Readonly<Record<string, string>>
  readonly retryAfterMs: number | null
}

/** By status; the way out where the server's own words do not name one. */
const REFUSALS: Readonly<Record<number, { readonly exit: number; readonly wayOut?: string }>> = {
  401: {
    exit: EXIT.key,
    wayOut: 'Put a key of this server into DNSRADAR_TOKEN; `dnsradar keys create --name me` makes one.',
  },
  402: { exit: EXIT.plan },
  403: { exit: EXIT.key, wayOut: 'Use a key that may do this.' },
  404: { exit: EXIT.missing },
  409: { exit: EXIT.conflict },
  429: { exit: EXIT.limited },
}

function refusedByServer(error: ServerError): Explained {
  if (error.code === 'unexpected_response') return said(EXIT.unreachable, `${error.message} DNSRADAR_URL says where.`)
  const { exit, wayOut } = REFUSALS[error.status] ?? { exit: error.status >= 500 ? EXIT.unreachable : EXIT.usage }
  return said(exit, [error.message, ...fieldsOf(error), ...(wayOut === undefined ? [] : [wayOut])].join(' '))
}

/** What is wrong with each field, where the sentence before does not say it already. */
function fieldsOf({ message, fields }: ServerError): readonly string[] {
  const more = Object.entries(fields).filter(([field, fault]) => !message.includes(field) && !message.includes(fault))
  return more.length === 0 ? [] : [`${more.map(([field, fault]) => `${field}: ${fault}`).join('; ')}.`]
}

function oneLine(message: string): string {
  return shown(message.replaceAll(/\s*\n\s*/g, ' '))
}

const FILE_TROUBLE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST']

/** A data folder that cannot be made or a key file that cannot be read: Node names the path and the reason. */
function isFileTrouble(error: Error): error is NodeJS.ErrnoException {
  return FILE_TROUBLE.includes(String((error as NodeJS.ErrnoException).code))
}

/** A word about why `fetch` brought no answer. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'nothing came in time'
  const { cause } = error as { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? error.message
}
