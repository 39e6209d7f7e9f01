import { settingsText } from '../settings-text.ts'
import type { AddCommands } from './cli.ts'

export const addServe: AddCommands = (program, { context, act }) => {
  program
    .command('serve')
    .description('run the API, the checks and the deliveries until SIGINT or SIGTERM')
    .addHelpText('after', settingsText)
    .action(act(async () => (await import('../serve.ts')).serve(context)))
}
