import { InvalidArgumentError } from 'commander'
import type { Asked as Listened } from '../listen.ts'
import type { Asked as Tailed } from '../tail.ts'
import { type AddCommands, examples, jsonOption } from './cli.ts'

export const addTail: AddCommands = (program, { context, act }) => {
  program
    .command('tail')
    .description('what happens, line by line, as it happens; ends with Ctrl-C')
    .option('--types <list>', 'event, request, monitor, with commas; all when left out')
    .option('--webhook <id>', 'of requests only those to this webhook')
    .option('--after <id>', 'begin with what came after this event, request or monitor')
    .option('--count <number>', 'end after so many', wholeNumber)
    .addOption(jsonOption('one object of JSON per line'))
    .addHelpText(
      'after',
      examples(
        ['events as they come', 'dnsradar tail --types event'],
        ['into another program', 'dnsradar tail --types event --json | jq .data.domain'],
      ),
    )
    .action(act(async (options: Tailed) => (await import('../tail.ts')).tail(context, options)))
}

export const addListen: AddCommands = (program, { context, act }) => {
  program
    .command('listen')
    .description('deliver events to a port of this machine, signed, without a tunnel; r resends, q ends')
    .requiredOption('--to <url>', 'your receiver, such as http://127.0.0.1:3000/hook')
    .option('--webhook <id>', 'exactly what this webhook is sent, tests too; every event when left out')
    .option('--group <slug>', 'only events of this group')
    .option('--secret <secret>', 'sign with this; a new one is made and shown when left out')
    .option('--count <number>', 'end after so many: exit 0 when all were accepted, 1 otherwise', wholeNumber)
    .addOption(jsonOption('one object of JSON per delivery'))
    .addHelpText(
      'after',
      examples(
        ['while you write a receiver', "dnsradar listen --to http://127.0.0.1:3000/hook --secret 'a secret of mine'"],
        ['the samples of `webhooks test` too', 'dnsradar listen --to http://127.0.0.1:3000/hook --webhook wh_01k…'],
      ),
    )
    .action(act(async (options: Listened) => (await import('../listen.ts')).listen(context, options)))
}

function wholeNumber(given: string): number {
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given)
  throw new InvalidArgumentError('Use a number from 1 on.')
}
