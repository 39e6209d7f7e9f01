import { type Command, Option } from 'commander'
import { type AddCommands, examples, jsonOption } from './cli.ts'
import type { ImportOptions, SourceKind } from '../import.ts'

interface SourceWords {
  readonly kind: SourceKind
  readonly argument: readonly [name: string, says: string]
  readonly says: string
  readonly example: readonly [says: string, line: string]
  readonly options?: readonly Option[]
}

const FILE = ['<file>', 'its path, or - for what comes through a pipe'] as const

const SOURCES: readonly SourceWords[] = [
  {
    kind: 'zone',
    argument: FILE,
    says: 'a zone file as BIND writes it',
    example: ['show what a zone would become', 'dnsradar import zone example.com.db --origin example.com --dry-run'],
    options: [
      new Option('--origin <name>', 'the zone, where the file does not name it'),
      new Option('--match <mode>', 'how records are expected').choices(['exact', 'includes', 'baseline']),
    ],
  },
  {
    kind: 'csv',
    argument: FILE,
    says: 'a table with a row for each record; its first row names the columns',
    example: ['import a table without being asked', 'dnsradar import csv customers.csv --group customers --yes'],
  },
  {
    kind: 'name',
    argument: ['<name>', 'a domain, such as example.com'],
    says: 'what a living domain has at its apex and at common labels, as it is now',
    example: ['watch everything that example.com has now', 'dnsradar import name example.com'],
  },
  {
    kind: 'uptime-kuma',
    argument: FILE,
    says: 'the DNS monitors of a backup of Uptime Kuma',
    example: ['come over from Uptime Kuma', 'dnsradar import uptime-kuma backup.json'],
  },
  {
    kind: 'gatus',
    argument: FILE,
    says: 'the DNS endpoints of a configuration of Gatus',
    example: ['come over from Gatus', 'dnsradar import gatus config.yaml'],
  },
]

export const addImport: AddCommands = (program, { context, act }) => {
  const parent = program
    .command('import')
    .description('make monitors of a zone file, a table, a living name, or the configuration of another program')
    .addHelpText('after', examples(...SOURCES.map(({ example }) => example)))
  for (const { kind, argument, says, example, options = [] } of SOURCES) {
    const command = shared(
      parent
        .command(kind)
        .description(says)
        .argument(...argument),
    )
    for (const option of options) command.addOption(option)
    command.addHelpText('after', examples(example)).action(
      act(async (source: string, given: ImportOptions) => {
        const { importFrom } = await import('../import.ts')
        return importFrom(context, kind, source, given)
      }),
    )
  }
}

function shared(command: Command): Command {
  return command
    .option('--group <slug>', 'the group of monitors that name none; made when it is new')
    .option('--frequency <minutes>', 'minutes between two looks at monitors that say nothing of it')
    .addOption(
      new Option('--notify <mode>', 'when the first event comes').choices([
        'immediately',
        'on_success',
        'after_success',
      ]),
    )
    .option('--dry-run', 'show what would be made, and stop', false)
    .option('--yes', 'go on without being asked', false)
    .addOption(jsonOption())
}
