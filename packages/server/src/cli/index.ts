/** The command line: one row of words per command, everything else in the command's own file. */
import { Command, CommanderError, Option } from 'commander'
import { PLAN_NAMES } from '../actions/plans.ts'
import { VERSION } from '../version.ts'
import { type Asked, check } from './check.ts'
import { keygen, migrate } from './database.ts'
import { EXIT_USAGE, explain } from './failure.ts'
import { createKey, listKeys, revokeKey } from './keys.ts'
import { createOrganization, listOrganizations, setPlan } from './organizations.ts'
import { move } from './move.ts'
import { type Output, processOutput } from './output.ts'
import { purgeNow } from './purge.ts'
import { reseal } from './reseal.ts'
import { serve } from './serve.ts'
import { settingsHelp } from './settings-help.ts'

/** Gives the exit status: 0 done, 1 a check that is not VALID, 2 usage, settings or a start that cannot be. */
export async function runCli(args: readonly string[], output: Output = processOutput): Promise<number> {
  let status = 0
  const program = commands(output, async (work) => {
    status = await work
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
    const { lines, status: failed } = explain(error)
    for (const line of lines) output.err(`dnsradar: ${line}`)
    return failed
  }
}

/** Takes a command's work and keeps its exit status. */
type Run = (work: Promise<number>) => Promise<void>

function commands(output: Output, run: Run): Command {
  const program = new Command('dnsradar')
    .description('A self-hosted monitor of DNS records with signed, ordered webhooks.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.out(text.trimEnd()), writeErr: (text) => output.err(text.trimEnd()) })
    .showHelpAfterError('(dnsradar --help says more)')
    .addHelpText('after', settingsHelp)

  program
    .command('serve')
    .description('run the API, the checks and the deliveries until SIGINT or SIGTERM')
    .addHelpText('after', settingsHelp)
    .action(() => run(serve(output)))

  program
    .command('check')
    .description('look once, without a server: exit 0 when VALID, 1 in any other state')
    .argument('<name>', 'full name, such as www.example.com')
    .argument('<type>', 'record type, such as A or MX')
    .option('--expect <values...>', 'what the record should say', [])
    .option('--flexible', 'other records may stand beside the expected ones', false)
    .option('--match <mode>', 'exact, includes, any_of, none_of, cidr or absent')
    .option('--resolver <servers...>', 'whom to ask instead of DNSRADAR_RESOLVERS', [])
    .option('--json', 'print the check object', false)
    .action((name: string, type: string, options: Omit<Asked, 'name' | 'type'>) =>
      run(check(output, { name, type, ...options })),
    )

  program
    .command('migrate')
    .description('bring the database up to date and stop')
    .action(() => run(migrate(output)))

  program
    .command('keygen')
    .description('print a new key ring for DNSRADAR_SECRET_KEY')
    .action(() => run(keygen(output)))

  program
    .command('purge')
    .description('drop the events, requests, system events and audit entries that retention says')
    .option('--now <time>', 'count from this time: ISO 8601 or Unix seconds')
    .option('--json', 'print the numbers as JSON', false)
    .action((options: Parameters<typeof purgeNow>[1]) => run(purgeNow(output, options)))

  program
    .command('move')
    .description('copy a living installation to another database; can be repeated until a server is started there')
    .requiredOption('--from <url>', 'sqlite:PATH or postgres://…; may be served meanwhile')
    .requiredOption('--to <url>', 'an empty database, or one that this installation was moved to before')
    .option('--json', 'print the numbers of rows as JSON', false)
    .addHelpText(
      'after',
      '\nDNSRADAR_SECRET_KEY has to open what the source holds: secrets are copied as they are encrypted.' +
        '\nTo switch: move, stop the server on the source, move again, start on the target.',
    )
    .action((options: Parameters<typeof move>[1]) => run(move(output, options)))

  program
    .command('reseal')
    .description('re-encrypt all secrets in the database under the first key of DNSRADAR_SECRET_KEY')
    .option('--json', 'print the numbers of rows as JSON', false)
    .action((options: Parameters<typeof reseal>[1]) => run(reseal(output, options)))

  addKeyCommands(program, output, run)
  addOrganizationCommands(program, output, run)
  return program
}

function addKeyCommands(program: Command, output: Output, run: Run): void {
  const organization = (): Option =>
    new Option('--organization <uuid>', 'whose keys; the default organization when left out')
  const json = (): Option => new Option('--json', 'accepted everywhere; keys are always printed as JSON')
  const keys = program.command('keys').description('API keys')
  keys
    .command('create')
    .description('make a key and print it, this once')
    .requiredOption('--name <name>', 'what the key is for')
    .option('--scopes <list>', 'read, write, admin; each includes those before it', 'read,write')
    .addOption(organization())
    .addOption(json())
    .action((options: Parameters<typeof createKey>[1]) => run(createKey(output, options)))
  keys
    .command('list')
    .description('print the keys without their secret part')
    .addOption(organization())
    .addOption(json())
    .action((options: Parameters<typeof listKeys>[1]) => run(listKeys(output, options)))
  keys
    .command('revoke')
    .description('take a key away; it stops working at once')
    .argument('<id>', 'the key_… id from the list')
    .addOption(organization())
    .addOption(json())
    .action((id: string, options: Parameters<typeof listKeys>[1]) => run(revokeKey(output, { id, ...options })))
}

function addOrganizationCommands(program: Command, output: Output, run: Run): void {
  const json = (): Option => new Option('--json', 'accepted everywhere; organizations are always printed as JSON')
  const organizations = program.command('organizations').description('organizations that share this installation')
  organizations
    .command('create')
    .description('make an organization and print it with its first key, this once')
    .requiredOption('--name <name>', 'what it is called')
    .option('--plan <plan>', `${PLAN_NAMES.join(', ')}; DNSRADAR_PLAN when left out`)
    .addOption(json())
    .action((options: Parameters<typeof createOrganization>[1]) => run(createOrganization(output, options)))
  organizations
    .command('list')
    .description('print all of them')
    .addOption(json())
    .action(() => run(listOrganizations(output)))
  organizations
    .command('set-plan')
    .description('put an organization on another plan, from its next request on')
    .argument('<uuid>', 'the org_… id from the list')
    .argument('<plan>', PLAN_NAMES.join(', '))
    .addOption(json())
    .action((id: string, plan: string) => run(setPlan(output, { id, plan })))
}
