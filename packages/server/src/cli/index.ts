/** The command line: arguments in, exit status out. */
import { type Argument, Command, CommanderError, type Option } from 'commander'
import { VERSION } from '../version.ts'
import type { Cli } from './commands/cli.ts'
import { COMMAND_GROUPS } from './commands/index.ts'
import { type Context, endWithReader, processContext } from './context.ts'
import { EXIT, explain } from './failure.ts'
import { settingsText } from './settings-text.ts'

/** What this process was started with. */
export function runProcess(): Promise<number> {
  endWithReader()
  return runCli(process.argv.slice(2), processContext)
}

/** The exit statuses are `EXIT`. */
export async function runCli(args: readonly string[], context: Context): Promise<number> {
  const { output } = context
  let status: number = EXIT.done
  const program = commandTree({
    context,
    act:
      (work) =>
      async (...given) => {
        status = await work(...given)
      },
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    const { lines, status: failed } = explain(error)
    for (const line of lines) output.err(`dnsradar: ${line}`)
    return failed
  }
}

export function commandTree(cli: Cli): Command {
  const { output } = cli.context
  const program = new Command('dnsradar')
    .description('A self-hosted monitor of DNS records with signed, ordered webhooks.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.out(text.trimEnd()), writeErr: (text) => output.err(text.trimEnd()) })
    .configureHelp({ optionDescription: describe, argumentDescription: describe })
    .showHelpAfterError('(dnsradar --help says more)')
    .addHelpText('after', settingsText)
  for (const { heading, commands } of COMMAND_GROUPS) {
    program.commandsGroup(heading)
    for (const add of commands) add(program, cli)
  }
  return program
}

/** Commander's own words name even that a switch is off unless it is given. */
function describe(taker: Option | Argument): string {
  const { description, argChoices: choices, defaultValue: standard } = taker
  const showsChoices = choices !== undefined && !('flags' in taker && taker.flags.includes('|'))
  const notes = [
    ...(showsChoices ? [`one of ${choices.join(', ')}`] : []),
    ...(typeof standard === 'string' || typeof standard === 'number' ? [`${standard} when left out`] : []),
  ]
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`
}
