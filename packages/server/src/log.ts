/** Logs: one line each on stderr, JSON for machines, plain words when a person is watching. stdout is for answers. */
import type { Log } from '@dnsradar/core'
import pino from 'pino'
import type { LOG_LEVELS } from './config/settings.ts'

type Level = (typeof LOG_LEVELS)[number]

export function createLog(level: Level, stream: { readonly isTTY?: boolean; write(text: string): unknown }): Log {
  const destination = stream.isTTY === true ? { write: (line: string) => stream.write(plain(line)) } : stream
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    destination,
  )
}

/** Members of errors that say what broke. Others hold what it broke on: the body of a request, a row, a url. */
const TOLD = ['type', 'message', 'stack', 'code', 'errno', 'syscall', 'severity', 'constraint', 'table', 'column']

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return Object.fromEntries(Object.entries(pino.stdSerializers.err(error)).filter(([name]) => TOLD.includes(name)))
}

/** `12:00:01 warn  message key=value`. */
export function plain(line: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const words = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const stack = (err as { stack?: unknown } | undefined)?.stack
  const trouble = typeof stack === 'string' ? `\n${stack.split('\n').map(printable).join('\n')}` : ''
  const said = [String(time).slice(11, 19), String(level).padEnd(5), String(msg), ...words].join(' ')
  return `${printable(said)}${trouble}\n`
}

/** What others wrote stays on its line and gives the terminal no orders. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
