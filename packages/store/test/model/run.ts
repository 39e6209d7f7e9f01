/** Runs of the model beside a subject: after every step both say the same and look the same, and the laws hold. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect } from 'vitest'
import { deeds } from './commands.ts'
import { createLaws } from './laws.ts'
import type { Desk } from './desk.ts'
import { seeMachine, startMachine, type Machine } from './machine.ts'
import type { Deed } from './plans.ts'
import { takeStep } from './steps.ts'
import { subjectOf } from './subject.ts'
import { createTally, type Tally } from './tally.ts'
import { WEBHOOKS, type Seen, type Step, type Subject } from './words.ts'

const LONGEST_RUN = 100
/** Found nothing more than others; fixed so that a failure in CI is one at home. */
const SEED = 20_260_601
const { QUEUE_MODEL_SEED: askedSeed, QUEUE_MODEL_RUNS: times = '1' } = process.env

export const TIMEOUT_OF_RUNS_MS = 60_000 * Number(times)

/** Nothing is asked of the store for these; what they lead to shows in the step after. */
const UNSEEN: readonly Step['do'][] = ['pass', 'send', 'crash']

export interface Runs {
  readonly runs: number
  /** Every rare end is reached so often at least. */
  readonly reaching: number
  /** Queues that nothing has happened to yet. */
  readonly open: () => Promise<Desk & Partial<AsyncDisposable>>
}

/**
 * Environment: `QUEUE_MODEL_SEED` for other runs, `QUEUE_MODEL_RUNS` for so many times as many. Answers what was reached,
 * which is only known beforehand of the seed that is fixed here.
 */
export async function assertModel({ runs, reaching, open }: Runs): Promise<string> {
  const tally = createTally()
  const commands = fc.commands(
    deeds.map((deed) => deed.map(commandOf)),
    { maxCommands: LONGEST_RUN, size: 'max' },
  )
  const property = fc.asyncProperty(commands, async (list) => {
    const desk = await open()
    const subject = subjectOf(desk)
    const run = beside(subject, startMachine(desk.clock.now()), tally)
    try {
      await fc.asyncModelRun(() => ({ model: run, real: subject }), list)
      await run.sameHistory()
    } finally {
      await desk[Symbol.asyncDispose]?.()
    }
  })
  await fc.assert(property, { numRuns: runs * Number(times), seed: Number(askedSeed ?? SEED) })
  if (askedSeed === undefined) expect(tally.below(reaching)).toEqual([])
  return tally.words()
}

interface Run {
  readonly machine: Machine
  take(step: Step): Promise<void>
  sameHistory(): Promise<void>
}

function commandOf({ words, fits, plan }: Deed): fc.AsyncCommand<Run, Subject> {
  return {
    check: ({ machine }) => fits(machine),
    async run(run) {
      for (const step of plan(() => run.machine)) await run.take(step)
    },
    toString: () => `\n  ${words}`,
  }
}

function beside(subject: Subject, start: Machine, tally: Tally): Run {
  const laws = createLaws()
  let machine = start
  let seen: Seen = seeMachine(start)
  return {
    get machine() {
      return machine
    },
    async take(step) {
      const answered = await subject.take(step)
      const before = seen
      const [next, expected] = takeStep(machine, step)
      same(answered, expected, () => `the answer to ${JSON.stringify(step)}`)
      if (!UNSEEN.includes(step.do)) {
        seen = await subject.see()
        same(seen, seeMachine(next), () => `what is seen after ${JSON.stringify(step)}`)
      }
      laws.hold(step, answered, before, seen, next.now)
      tally.note(step, answered, machine, next)
      machine = next
    },
    async sameHistory() {
      for (const webhook of WEBHOOKS) {
        const letters = machine.hooks[webhook]?.letters.map(({ history }) => history) ?? null
        same(await subject.history(webhook), letters, () => `the attempts of webhook ${webhook}`)
      }
    },
  }
}

/** The quick comparison first: the one that explains takes a hundred times as long. */
function same(actual: unknown, expected: unknown, what: () => string): void {
  if (!isDeepStrictEqual(actual, expected)) expect({ [what()]: actual }).toEqual({ [what()]: expected })
}
