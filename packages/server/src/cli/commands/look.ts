import { RECORD_TYPES } from '@dnsradar/client/words'
import { Argument } from 'commander'
import type { Asked } from '../lookup.ts'
import type { Watched } from '../watch.ts'
import { type AddCommands, examples, jsonOption, oneOf } from './cli.ts'

export const addLookup: AddCommands = (program, { context, act }) => {
  program
    .command('lookup')
    .description('what every DNS server says, side by side: exit 0 when they agree, 1 when they do not')
    .argument('<name>', 'full name, or an IP address with PTR')
    .addArgument(oneOf(new Argument('<type>', 'record type'), RECORD_TYPES))
    .option('--resolver <servers...>', 'whom to ask instead of DNSRADAR_RESOLVERS', [])
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['has the change arrived everywhere?', 'dnsradar lookup example.com MX --resolver 9.9.9.9 1.1.1.1 8.8.8.8'],
        ['wait until it has', 'until dnsradar lookup www.example.com A; do sleep 5; done'],
      ),
    )
    .action(
      act(async (name: string, type: string, options: Omit<Asked, 'name' | 'type'>) =>
        (await import('../lookup.ts')).lookup(context, { name, type, ...options }),
      ),
    )
}

export const addWatch: AddCommands = (program, { context, act }) => {
  program
    .command('watch')
    .description('find what a domain has, and have all of it watched from now on')
    .argument('<name>', 'a domain, such as example.com')
    .option('--group <group>', 'slug of the group that the monitors belong to')
    .option('--frequency <minutes>', 'minutes between two looks')
    .option('--resolver <servers...>', 'whom to ask instead of DNSRADAR_RESOLVERS', [])
    .option('--yes', 'do not ask', false)
    .option('--dry-run', 'only show what is there; needs no server', false)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['look first', 'dnsradar watch example.com --dry-run'],
        ['a customer, from a script', 'dnsradar watch example.com --group customer-42 --yes --json'],
      ),
    )
    .action(
      act(async (name: string, options: Omit<Watched, 'name'>) =>
        (await import('../watch.ts')).watch(context, { name, ...options }),
      ),
    )
}
