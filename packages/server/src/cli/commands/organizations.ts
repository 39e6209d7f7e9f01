import { PLAN_NAMES } from '../../actions/plans.ts'
import { type AddCommands, jsonOption } from './cli.ts'

export const addOrganizations: AddCommands = (program, { context, act }) => {
  const json = () => jsonOption('accepted everywhere; organizations are always printed as JSON')
  const organizations = program.command('organizations').description('organizations that share this installation')
  organizations
    .command('create')
    .description('make an organization and print it with its first key, this once')
    .requiredOption('--name <name>', 'what it is called')
    .option('--plan <plan>', `${PLAN_NAMES.join(', ')}; DNSRADAR_PLAN when left out`)
    .addOption(json())
    .action(
      act(async (options: { name: string; plan?: string }) =>
        (await import('../organizations.ts')).createOrganization(context, options),
      ),
    )
  organizations
    .command('list')
    .description('print all of them')
    .addOption(json())
    .action(act(async () => (await import('../organizations.ts')).listOrganizations(context)))
  organizations
    .command('set-plan')
    .description('put an organization on another plan, from its next request on')
    .argument('<uuid>', 'the org_… id from the list')
    .argument('<plan>', PLAN_NAMES.join(', '))
    .addOption(json())
    .action(
      act(async (id: string, plan: string) => (await import('../organizations.ts')).setPlan(context, { id, plan })),
    )
}
