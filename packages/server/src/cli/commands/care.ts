/** What keeps an installation well: a look at everything it rests on, and copies of it. */
import { type AddCommands, examples, jsonOption } from './cli.ts'

export const addCare: AddCommands = (program, { context, act }) => {
  program
    .command('doctor')
    .description(
      'look at resolvers, webhook targets, clock, database and processes, and say what to do; exit 1 for a fault',
    )
    .option('--name <name>', 'the name whose NS records every upstream is asked for', 'com.')
    .addOption(jsonOption('print the findings as JSON'))
    .addHelpText('after', examples(['what is wrong here', 'dnsradar doctor']))
    .action(
      act(async (options: { name: string; json: boolean }) => (await import('../doctor.ts')).doctor(context, options)),
    )

  program
    .command('backup')
    .description('copy the database file, beside a running server, and check the copy')
    .argument('<file>', 'where the copy goes')
    .option('--force', 'replace that file', false)
    .addHelpText('after', examples(['every night', 'dnsradar backup /backups/dnsradar-$(date +%F).db']))
    .action(
      act(async (file: string, options: { force: boolean }) =>
        (await import('../backup.ts')).backup(context, { file, ...options }),
      ),
    )

  program
    .command('restore')
    .description('put a backup in the place of the database file; no server may run on it')
    .argument('<file>', 'the backup')
    .option('--force', 'replace the database that is there; it is kept beside the new one', false)
    .addHelpText(
      'after',
      examples(['go back to last night', 'dnsradar restore /backups/dnsradar-2030-01-31.db --force']),
    )
    .action(
      act(async (file: string, options: { force: boolean }) =>
        (await import('../backup.ts')).restore(context, { file, ...options }),
      ),
    )
}
