import { Argument } from 'commander'
import type { Shell } from '../completion.ts'
import { type AddCommands, examples } from './cli.ts'

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish']

export const addCompletion: AddCommands = (program, { context, act }) => {
  program
    .command('completion')
    .description('print what makes your shell complete commands and options')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        ['bash, in ~/.bashrc', 'eval "$(dnsradar completion bash)"'],
        ['zsh, in ~/.zshrc after compinit', 'eval "$(dnsradar completion zsh)"'],
        ['fish', 'dnsradar completion fish > ~/.config/fish/completions/dnsradar.fish'],
      ),
    )
    .action(
      act(async (shell: Shell) => {
        const { completionOf } = await import('../completion.ts')
        context.output.out(completionOf(shell, program))
        return 0
      }),
    )
}
