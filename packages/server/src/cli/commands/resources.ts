/** The commands of the daily work, made from their tables. */
import { Argument, type Command, Option } from 'commander'
import { audit, applications, me, nodes, organization } from '../resources/account.ts'
import { dryRun, events, groups, monitors, summary } from '../resources/monitors.ts'
import { type Field, isList, type Resource, type Row, takesSeveral } from '../resources/operation.ts'
import { requests, systemEvents, webhooks } from '../resources/webhooks.ts'
import { type AddCommands, type Cli, examples, jsonOption, oneOf } from './cli.ts'

const resource =
  (of: Resource): AddCommands =>
  (program, cli) => {
    const command = program.command(of.name).description(of.says)
    for (const row of of.rows) addRow(command, row.verb, row, cli)
  }

const single =
  (name: string, row: Row): AddCommands =>
  (program, cli) =>
    addRow(program, name, row, cli)

export const addRecords: readonly AddCommands[] = [
  ...[monitors, groups, events].map(resource),
  single('summary', summary),
  single('match', dryRun),
]
export const addTold: readonly AddCommands[] = [webhooks, requests, systemEvents].map(resource)
export const addAccount: readonly AddCommands[] = [
  single('me', me),
  ...[organization, applications, audit, nodes].map(resource),
]

function addRow(parent: Command, name: string, row: Row, { context, act }: Cli): void {
  const command = parent.command(name).description(row.says)
  for (const argument of argumentsOf(row)) command.addArgument(argument)
  for (const field of row.fields) command.addOption(optionOf(field))
  if (isList(row)) for (const option of pageOptions()) command.addOption(option)
  if (row.operation === 'createMonitor') command.option('--wait', 'answer with what the first look found', false)
  command.addOption(jsonOption())
  if (row.examples.length > 0) command.addHelpText('after', examples(...row.examples))
  command.action(
    act(async (...given: unknown[]) => {
      const { perform } = await import('../perform.ts')
      // Commander gives the arguments, the options and the command itself.
      return perform(context, row, { words: given.slice(0, -2), options: given.at(-2) as Record<string, unknown> })
    }),
  )
}

function argumentsOf(row: Row): readonly Argument[] {
  const ids = row.ids.map(([name, says]) => new Argument(takesSeveral(row) ? `<${name}s...>` : `<${name}>`, says))
  const positional = row.positional.map(({ flag, says, choices }) => {
    const argument = new Argument(`<${flag}>`, says)
    return choices === undefined ? argument : oneOf(argument, choices)
  })
  return [...ids, ...positional]
}

const VALUES: Readonly<Record<Field['kind'], string>> = {
  text: ' <text>',
  text_or_none: ' <text>',
  integer: ' <number>',
  yes_or_no: ' <yes|no>',
  list: ' <values...>',
  pairs: ' <name=value...>',
  time: ' <time>',
}

function optionOf({ flag, kind, says, choices, isRequired = false }: Field): Option {
  const words = kind === 'yes_or_no' ? ['yes', 'no'] : choices
  const value = kind === 'text' && words !== undefined ? ' <word>' : VALUES[kind]
  const option = new Option(`--${flag}${value}`, says).makeOptionMandatory(isRequired)
  return words === undefined ? option : oneOf(option, words)
}

function pageOptions(): readonly Option[] {
  return [
    new Option('--limit <number>', 'at most so many').default('20'),
    new Option('--all', 'every one there is').default(false),
    new Option('--after <id>', 'only what follows this one in the list'),
    oneOf(new Option('--order <way>', 'asc is oldest first'), ['asc', 'desc']),
  ]
}
