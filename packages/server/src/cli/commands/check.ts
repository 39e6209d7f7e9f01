import type { Asked } from '../check.ts'
import { type AddCommands, examples, jsonOption } from './cli.ts'

export const addCheck: AddCommands = (program, { context, act }) => {
  program
    .command('check')
    .description('look once, without a server: exit 0 when VALID, 1 in any other state')
    .argument('<name>', 'full name, such as www.example.com')
    .argument('<type>', 'record type, such as A or MX')
    .option('--expect <values...>', 'what the record should say', [])
    .option('--flexible', 'other records may stand beside the expected ones', false)
    .option('--match <mode>', 'exact, includes, any_of, none_of, cidr or absent')
    .option('--resolver <servers...>', 'whom to ask instead of DNSRADAR_RESOLVERS', [])
    .addOption(jsonOption('print the check object'))
    .addHelpText(
      'after',
      examples(
        [
          'in a pipeline: fail when mail would go elsewhere',
          "dnsradar check example.com MX --expect '10 mx.example.net'",
        ],
        [
          'one SPF term among others',
          "dnsradar check example.com SPF --expect 'v=spf1 include:_spf.example.net' --flexible",
        ],
      ),
    )
    .action(
      act(async (name: string, type: string, options: Omit<Asked, 'name' | 'type'>) =>
        (await import('../check.ts')).check(context, { name, type, ...options }),
      ),
    )
}
