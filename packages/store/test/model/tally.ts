/** How often runs came to the rare ends of the machine: a model that never gets there proves nothing about them. */
import { hookAt, type Machine } from './machine.ts'
import type { Answer, Step } from './words.ts'

const ENDS = [
  'gave up',
  'gone',
  'disabled by hand while in flight',
  'late outcome',
  'late success',
  'recovered',
  'recovered before a waiting head',
  'signed with two secrets',
  'failed out of turn',
  'resend',
  'woken by a test',
] as const
type End = (typeof ENDS)[number]

export interface Tally {
  note(step: Step, answer: Answer, before: Machine, after: Machine): void
  /** Those reached less often. */
  below(times: number): readonly End[]
  words(): string
}

export function createTally(): Tally {
  const counts = new Map<End, number>(ENDS.map((end) => [end, 0]))
  const of = (end: End): number => counts.get(end) ?? 0
  return {
    note(step, answer, before, after) {
      for (const end of reached(step, answer, before, after)) counts.set(end, of(end) + 1)
    },
    below: (times) => ENDS.filter((end) => of(end) < times),
    words: () => ENDS.map((end) => `${end} ${of(end)}`).join(', '),
  }
}

function reached(step: Step, answer: Answer, before: Machine, after: Machine): readonly End[] {
  const is = (end: End, when: boolean): readonly End[] => (when ? [end] : [])
  switch (step.do) {
    case 'settle': {
      const hand = before.hands.find(({ id }) => id === step.hand)
      const how = typeof answer === 'object' && 'settled' in answer ? answer.settled : null
      const hook = hookAt(before, hand?.webhook ?? -1)
      const next = hookAt(after, hand?.webhook ?? -1)
      if (hand === undefined || hook === null || next === null) return []
      const wasRead = next.letters[hand.letter]?.status !== hook.letters[hand.letter]?.status
      return [
        ...is('gave up', how === 'disabled' && next.reason === 'gave_up'),
        ...is('gone', how === 'disabled' && next.reason === 'gone'),
        ...is('late outcome', how === 'late'),
        ...is('late success', how === 'late' && wasRead),
        ...is('failed out of turn', how === 'idle' && hand.turn !== null && next.strikes > 0),
        ...is('woken by a test', how === 'loose' && hook.due !== next.due),
      ]
    }
    case 'disable':
      return is('disabled by hand while in flight', (hookAt(before, step.webhook)?.ticket ?? null) !== null)
    case 'recover': {
      const dueBefore = hookAt(before, step.webhook)?.due ?? 0
      const isQueued = typeof answer === 'object' && 'queued' in answer && answer.queued > 0
      const isPassing = isQueued && (hookAt(after, step.webhook)?.due ?? 0) < dueBefore
      return [...is('recovered', isQueued), ...is('recovered before a waiting head', isPassing)]
    }
    case 'send':
      return is(
        'signed with two secrets',
        typeof answer === 'object' && 'signedBy' in answer && answer.signedBy.length > 1,
      )
    case 'retryRequest': {
      const count = (machine: Machine) => machine.hooks[step.webhook]?.letters.length ?? 0
      return is('resend', count(after) > count(before))
    }
    case 'event':
    case 'pass':
    case 'claim':
    case 'claimLoose':
    case 'renew':
    case 'release':
    case 'crash':
    case 'enable':
    case 'retry':
    case 'test':
    case 'delete':
    case 'rotate':
      return []
  }
}
