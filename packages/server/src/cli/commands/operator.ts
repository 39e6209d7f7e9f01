/** What keeps an installation in order: short work on its database, beside a server where that is possible. */
import { type AddCommands, jsonOption } from './cli.ts'

export const addOperator: AddCommands = (program, { context, act }) => {
  program
    .command('migrate')
    .description('bring the database up to date and stop')
    .action(act(async () => (await import('../database.ts')).migrate(context)))

  program
    .command('purge')
    .description('drop the events, requests, system events and audit entries that retention says')
    .option('--now <time>', 'count from this time: ISO 8601 or Unix seconds')
    .addOption(jsonOption('print the numbers as JSON'))
    .action(
      act(async (options: { now?: string; json: boolean }) => (await import('../purge.ts')).purgeNow(context, options)),
    )

  program
    .command('move')
    .description('copy a living installation to another database; can be repeated until a server is started there')
    .requiredOption('--from <url>', 'sqlite:PATH or postgres://…; may be served meanwhile')
    .requiredOption('--to <url>', 'an empty database, or one that this installation was moved to before')
    .addOption(jsonOption('print the numbers of rows as JSON'))
    .addHelpText(
      'after',
      '\nDNSRADAR_SECRET_KEY has to open what the source holds: secrets are copied as they are encrypted.' +
        '\nTo switch: move, stop the server on the source, move again, start on the target.',
    )
    .action(
      act(async (options: { from: string; to: string; json: boolean }) =>
        (await import('../move.ts')).move(context, options),
      ),
    )

  program
    .command('reseal')
    .description('re-encrypt all secrets in the database under the first key of DNSRADAR_SECRET_KEY')
    .addOption(jsonOption('print the numbers of rows as JSON'))
    .action(act(async (options: { json: boolean }) => (await import('../reseal.ts')).reseal(context, options)))
}
