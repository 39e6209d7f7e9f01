/**
 * How a command is described: words only. What it does stands in a file of its own, which is loaded when it is asked
 * for, so that `--help` and completion do not wait for the database drivers.
 */
import { type Argument, type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from '../context.ts'

export interface Cli {
  readonly context: Context
  /** An action whose number becomes the exit status. Its arguments are commander's: arguments, then options. */
  act<Args extends unknown[]>(work: (...args: Args) => Promise<number>): (...args: Args) => Promise<void>
}

export type AddCommands = (program: Command, cli: Cli) => void

export function jsonOption(says = 'print it as JSON'): Option {
  return new Option('--json', says).default(false)
}

/** Each with what it shows: `['watch a whole domain', 'dnsradar watch example.com']`. */
export type Example = readonly [says: string, line: string]

export function examples(...rows: readonly Example[]): string {
  return `\nExamples:\n${rows.map(([says, line]) => `  # ${says}\n  ${line}`).join('\n')}`
}

/** One of a few words, in capitals or not. */
export function oneOf<Taker extends Argument | Option>(taker: Taker, words: readonly string[]): Taker {
  taker.choices(words)
  taker.argParser((given: string) => {
    const word = words.find((one) => one.toLowerCase() === given.toLowerCase())
    if (word !== undefined) return word
    throw new InvalidArgumentError(`Use one of ${words.join(', ')}.`)
  })
  return taker
}
