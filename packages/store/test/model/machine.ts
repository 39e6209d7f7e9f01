/**
 * The state of the model: what a webhook's queue is, and everything about it that can be seen.
 *
 * Written from the rules and not from the code, with its own words, so that one misunderstanding is not tested against
 * itself: a webhook that fails has strikes, a lease is a ticket, a delivery is a letter.
 */
import type { Answer, LetterKind, LetterStatus, Reply, Seen, SeenWebhook, Topic } from './words.ts'
import { WEBHOOKS } from './words.ts'

export interface Letter {
  readonly kind: LetterKind
  /** Place in the queue; null beside it. */
  readonly number: number | null
  readonly event: number | null
  readonly status: LetterStatus
  readonly tries: number
  readonly made: number
  /** Beside the queue: until when nobody else is given it, which also tells who has it. */
  readonly hiddenUntil: number | null
  /** Of each attempt whether it came late. */
  readonly history: readonly boolean[]
}

export interface Keys {
  readonly present: number
  readonly former: number | null
  readonly formerUntil: number | null
}

export interface Hook {
  readonly isOn: boolean
  readonly reason: SeenWebhook['reason']
  readonly strikes: number
  readonly due: number | null
  /** When it would have been its turn, had nobody asked to hurry. */
  readonly turn: number | null
  readonly hasError: boolean
  readonly lastSent: number | null
  readonly nextNumber: number
  readonly ticket: number | null
  readonly heldUntil: number
  readonly pauses: readonly { readonly from: number; readonly until: number | null }[]
  readonly keys: Keys
  readonly letters: readonly Letter[]
}

/** A claim in somebody's hands, with what was known when it was handed out. */
export interface Hand {
  readonly id: number
  readonly worker: number
  readonly webhook: number
  readonly letter: number
  readonly tries: number
  readonly strikes: number
  readonly turn: number | null
  readonly keys: Keys
  readonly ticket: number
  readonly isLoose: boolean
  readonly isRenewed: boolean
  readonly sent: { readonly reply: Reply; readonly started: number; readonly finished: number } | null
}

export interface Machine {
  readonly now: number
  readonly hooks: readonly (Hook | null)[]
  readonly events: readonly { readonly at: number; readonly topic: Topic }[]
  readonly hands: readonly Hand[]
  readonly handsGiven: number
  readonly tickets: number
  readonly secrets: number
}

/** The machine after a step, and what it says to it. */
export type Taken = readonly [machine: Machine, answer: Answer]

export function startMachine(now: number): Machine {
  const hooks = WEBHOOKS.map(
    (number): Hook => ({
      isOn: true,
      reason: null,
      strikes: 0,
      due: null,
      turn: null,
      hasError: false,
      lastSent: null,
      nextNumber: 1,
      ticket: null,
      heldUntil: 0,
      pauses: [],
      keys: { present: number, former: null, formerUntil: null },
      letters: [],
    }),
  )
  return { now, hooks, events: [], hands: [], handsGiven: 0, tickets: 0, secrets: hooks.length }
}

/** Null when it was deleted. */
export function hookAt(machine: Machine, webhook: number): Hook | null {
  return machine.hooks[webhook] ?? null
}

export function withHook(machine: Machine, webhook: number, hook: Hook | null): Machine {
  return { ...machine, hooks: machine.hooks.with(webhook, hook) }
}

export function withLetter(hook: Hook, index: number, change: Partial<Letter>): Hook {
  const letter = hook.letters[index]
  if (letter === undefined) throw new Error(`there is no letter ${index}`)
  return { ...hook, letters: hook.letters.with(index, { ...letter, ...change }) }
}

export function withoutHand(machine: Machine, id: number): Machine {
  return { ...machine, hands: machine.hands.filter((hand) => hand.id !== id) }
}

export function isOpen({ status }: Pick<Letter, 'status'>): boolean {
  return status === 'PENDING' || status === 'RETRYING'
}

/** Index of the letter that the queue waits for; -1 when it is empty. */
export function headOf({ letters }: Hook): number {
  let head = -1
  let lowest = Infinity
  for (const [index, letter] of letters.entries()) {
    if (letter.number === null || !isOpen(letter) || letter.number > lowest) continue
    head = index
    lowest = letter.number
  }
  return head
}

export function isHeld(hook: Hook, now: number): boolean {
  return hook.ticket !== null && hook.heldUntil > now
}

/** When somebody who waits should look again. */
export function nextDue({ hooks, now }: Machine): number | null {
  const times = hooks.flatMap((hook) => {
    if (hook === null) return []
    const loose = hook.letters.flatMap((letter) =>
      letter.number === null && isOpen(letter) && letter.hiddenUntil !== null ? [letter.hiddenUntil] : [],
    )
    if (!hook.isOn || hook.due === null) return loose
    return [...loose, isHeld(hook, now) ? Math.max(hook.due, hook.heldUntil) : hook.due]
  })
  return times.length === 0 ? null : Math.min(...times)
}

export function seeMachine(machine: Machine): Seen {
  return { webhooks: machine.hooks.map((hook) => (hook === null ? null : seeHook(hook))), nextDue: nextDue(machine) }
}

function seeHook({ letters, keys, ...hook }: Hook): SeenWebhook {
  return {
    isActive: hook.isOn,
    reason: hook.reason,
    retries: hook.strikes,
    due: hook.due,
    turn: hook.turn,
    hasError: hook.hasError,
    lastSent: hook.lastSent,
    pending: letters.filter((letter) => letter.number !== null && isOpen(letter)).length,
    secret: keys.present,
    formerSecret: keys.former,
    formerUntil: keys.formerUntil,
    letters: letters.map(({ number, kind, status, tries, event }) => ({ number, kind, status, tries, event })),
  }
}
