import type { AddCommands } from './cli.ts'

export const addKeygen: AddCommands = (program, { context, act }) => {
  program
    .command('keygen')
    .description('print a new key ring for DNSRADAR_SECRET_KEY')
    .action(act(async () => (await import('../database.ts')).keygen(context.output)))
}
