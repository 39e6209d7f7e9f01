import { InvalidArgumentError } from 'commander'
import type { Asked } from '../demo.ts'
import { type AddCommands, examples } from './cli.ts'

export const addDemo: AddCommands = (program, { context, act }) => {
  program
    .command('demo')
    .description('see it at work: records break and heal on this machine, without a network')
    .option('--once', 'end after the story, also on a terminal', false)
    .option('--speed <factor>', '2 is twice as fast', factor, 1)
    .option('--port <port>', 'of the API and the dashboard; 0 picks a free one', port, 0)
    .addHelpText('after', examples(['in a hurry', 'dnsradar demo --once --speed 10']))
    .action(act(async (options: Asked) => (await import('../demo.ts')).demo(context, options)))
}

function factor(given: string): number {
  const number = Number(given)
  if (number >= 0.1 && number <= 1000) return number
  throw new InvalidArgumentError('Use a number from 0.1 to 1000.')
}

function port(given: string): number {
  if (/^\d{1,5}$/.test(given) && Number(given) <= 65_535) return Number(given)
  throw new InvalidArgumentError('Use a number from 0 to 65535.')
}
