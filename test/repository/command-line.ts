/** The command line as a reader of lines: it knows every command and option, and nothing is done. */
import { commandTree } from '@dnsradar/server/cli'

const screen = { isTerminal: false, hasColours: false, columns: Number.POSITIVE_INFINITY }
const output = { out: () => {}, err: () => {}, redraw: () => {}, screen, notes: screen }
const context = { output, input: process.stdin, env: {}, interrupted: () => new AbortController().signal }

/** `onWork` hears when the arguments of a command that does something are complete. */
export function commandLine(onWork: () => void): ReturnType<typeof commandTree> {
  return commandTree({ context, act: () => async () => onWork() })
}
