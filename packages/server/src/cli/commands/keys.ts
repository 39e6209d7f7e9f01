import { Option } from 'commander'
import { type AddCommands, examples, jsonOption } from './cli.ts'

interface Where {
  readonly organization?: string
  readonly remote: boolean
}

export const addKeys: AddCommands = (program, { context, act }) => {
  const organization = (): Option =>
    new Option('--organization <uuid>', 'whose keys; the default organization when left out')
  const remote = (): Option =>
    new Option('--remote', 'on the server of DNSRADAR_URL, with the admin key in DNSRADAR_TOKEN')
      .default(false)
      .conflicts('organization')
  const json = (): Option => jsonOption('accepted everywhere; keys are always printed as JSON')
  const keys = program.command('keys').description('API keys, in the database of this machine or on a server')
  keys
    .command('create')
    .description('make a key and print it, this once')
    .requiredOption('--name <name>', 'what the key is for')
    .option('--scopes <list>', 'read, write, admin; each includes those before it', 'read,write')
    .addOption(organization())
    .addOption(remote())
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        ['on the machine of the server', 'dnsradar keys create --name dashboard --scopes read'],
        ['from anywhere', 'dnsradar keys create --name dashboard --scopes read --remote'],
      ),
    )
    .action(
      act(async (options: Where & { name: string; scopes: string }) =>
        options.remote
          ? (await import('../remote-keys.ts')).createRemoteKey(context, options)
          : (await import('../keys.ts')).createKey(context, options),
      ),
    )
  keys
    .command('list')
    .description('print the keys without their secret part')
    .addOption(organization())
    .addOption(remote())
    .addOption(json())
    .action(
      act(async (options: Where) =>
        options.remote
          ? (await import('../remote-keys.ts')).listRemoteKeys(context)
          : (await import('../keys.ts')).listKeys(context, options),
      ),
    )
  keys
    .command('revoke')
    .description('take a key away; it stops working at once')
    .argument('<id>', 'the key_… id from the list')
    .addOption(organization())
    .addOption(remote())
    .addOption(json())
    .action(
      act(async (id: string, options: Where) =>
        options.remote
          ? (await import('../remote-keys.ts')).revokeRemoteKey(context, id)
          : (await import('../keys.ts')).revokeKey(context, { id, ...options }),
      ),
    )
}
