/** Asks before something is done. */
import { createInterface } from 'node:readline'
import type { Context } from './context.ts'
import { usage } from './failure.ts'

/** Enter alone is yes. Where nobody can answer, nothing is done: the command ends and names `--yes`. */
export async function confirm({ input, output }: Context, question: string): Promise<boolean> {
  if (!input.isTTY || !output.notes.isTerminal) {
    throw usage(`${question} Nobody is there to answer: say --yes to go on.`)
  }
  output.redraw(`${question} [Y/n] `)
  const lines = createInterface({ input, terminal: false })
  try {
    for await (const answer of lines) return /^\s*(y(es)?)?\s*$/i.test(answer)
    return false
  } finally {
    lines.close()
  }
}
