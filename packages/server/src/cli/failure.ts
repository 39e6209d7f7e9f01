/** What a command that cannot go on says, and with which status it ends. */
import { RadarError } from '@dnsradar/core'
import { StoreRefused } from '@dnsradar/store'
import { ConfigError } from '../config.ts'
import { StartError } from '../start-error.ts'

/** Usage, settings, or something that stands in the way: nothing was done. */
export const EXIT_USAGE = 2
const EXIT_BROKEN = 70

/** One line each for what the caller can put right; a stack only for what they cannot. */
export function explain(error: unknown): { readonly lines: readonly string[]; readonly status: number } {
  if (error instanceof ConfigError) return { lines: error.problems, status: EXIT_USAGE }
  if (error instanceof StartError || error instanceof StoreRefused || error instanceof RadarError) {
    return { lines: [oneLine(error.message)], status: EXIT_USAGE }
  }
  if (isFileTrouble(error)) return { lines: [oneLine(error.message)], status: EXIT_USAGE }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { lines: [`Something is broken here: ${stack}`], status: EXIT_BROKEN }
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, ' ')
}

const FILE_TROUBLE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST']

/** A data folder that cannot be made or a key file that cannot be read: Node names the path and the reason. */
function isFileTrouble(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && FILE_TROUBLE.includes(String((error as NodeJS.ErrnoException).code))
}
