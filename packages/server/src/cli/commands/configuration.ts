import { type Command, Option } from 'commander'
import type { ExportCommand, PlanCommand } from '../configuration.ts'
import { type AddCommands, examples, jsonOption } from './cli.ts'

type Given = Omit<PlanCommand, 'file'>

export const addPlan: AddCommands = (program, { context, act }) => {
  planned(program.command('plan'))
    .description('show what would have to change so that the server has what a file says; exit 0 nothing, 1 something')
    .addHelpText(
      'after',
      examples(
        ['what would change', 'dnsradar plan dnsradar.yaml'],
        ['the same beside the lines of a pull request', 'dnsradar plan dnsradar.yaml --annotations github'],
      ),
    )
    .action(
      act(async (file: string, given: Given) =>
        (await import('../configuration.ts')).plan(context, { file, ...given }),
      ),
    )
}

export const addApply: AddCommands = (program, { context, act }) => {
  planned(program.command('apply'))
    .description('make, change and delete what a file says; what others made is left alone')
    .option('--yes', 'go on without being asked', false)
    .addHelpText('after', examples(['from a pipeline', 'dnsradar apply dnsradar.yaml --yes --annotations github']))
    .action(
      act(async (file: string, given: Given & { yes: boolean }) =>
        (await import('../configuration.ts')).apply(context, { file, ...given }),
      ),
    )
}

function planned(command: Command): Command {
  return command
    .argument('[file]', 'its path, or - for what comes through a pipe', 'dnsradar.yaml')
    .option('--adopt', 'take over what was made by hand and is what the file asks for', false)
    .option('--send-secrets', 'send secrets again, which no server shows', false)
    .addOption(new Option('--annotations <format>', 'print annotations of the file for a pipeline').choices(['github']))
    .addOption(jsonOption('print the changes as JSON'))
}

export const addExport: AddCommands = (program, { context, act }) => {
  program
    .command('export')
    .description('write what the server has as a file for plan and apply; no secret is in it')
    .option('--owner <label>', 'whose monitors and webhooks, besides those of nobody', 'configuration')
    .option('--owned', 'leave out what nobody owns', false)
    .option('--output <file>', 'where to write it; stdout when left out')
    .option('--force', 'replace that file', false)
    .addHelpText('after', examples(['start with configuration as code', 'dnsradar export --output dnsradar.yaml']))
    .action(act(async (given: ExportCommand) => (await import('../configuration.ts')).exportTo(context, given)))
}
