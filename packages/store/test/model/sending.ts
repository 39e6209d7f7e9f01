/** The model's half of sending: handing out, renewing, and what an outcome does to the queue. */
import {
  headOf,
  hookAt,
  isHeld,
  isOpen,
  withHook,
  withLetter,
  withoutHand,
  type Hand,
  type Hook,
  type Machine,
  type Taken,
} from './machine.ts'
import { backInTurn, LADDER, repeatAt } from './waiting.ts'
import {
  isAccepted,
  LEASE_MS,
  LOOSE_LEASE_MS,
  SUBSCRIPTION,
  WEBHOOKS,
  type HandOut,
  type Lane,
  type Reply,
} from './words.ts'

type Sent = NonNullable<Hand['sent']>

export function claim(machine: Machine, worker: number, lane: Lane | null): Taken {
  const handed: HandOut[] = []
  for (const webhook of WEBHOOKS) {
    const hook = hookAt(machine, webhook)
    if (hook === null || !hook.isOn || hook.due === null || hook.due > machine.now || isHeld(hook, machine.now))
      continue
    if (lane !== null && (lane === 'retrying') !== hook.strikes > 0) continue
    const letter = headOf(hook)
    if (letter < 0) {
      machine = withHook(machine, webhook, { ...hook, due: null, turn: null, ticket: null })
      continue
    }
    const ticket = machine.tickets + 1
    const held = { ...hook, ticket, heldUntil: machine.now + LEASE_MS }
    machine = handOut({ ...withHook(machine, webhook, held), tickets: ticket }, held, {
      worker,
      webhook,
      letter,
      ticket,
      isLoose: false,
    })
    handed.push({ hand: machine.handsGiven, webhook, letter })
  }
  return [machine, { handed }]
}

export function claimLoose(machine: Machine, worker: number): Taken {
  const handed: HandOut[] = []
  for (const webhook of WEBHOOKS) {
    for (const [letter, { number, hiddenUntil }] of machine.hooks[webhook]?.letters.entries() ?? []) {
      const hook = hookAt(machine, webhook)
      const kept = hook?.letters[letter]
      if (hook === null || kept === undefined || number !== null || !isOpen(kept)) continue
      if (hiddenUntil === null || hiddenUntil > machine.now) continue
      if (!hook.isOn && kept.kind === 'resend') {
        machine = withHook(machine, webhook, withLetter(hook, letter, { status: 'FAILED', hiddenUntil: null }))
        continue
      }
      const ticket = machine.now + LOOSE_LEASE_MS
      const hidden = withLetter(hook, letter, { hiddenUntil: ticket })
      machine = handOut(withHook(machine, webhook, hidden), hidden, { worker, webhook, letter, ticket, isLoose: true })
      handed.push({ hand: machine.handsGiven, webhook, letter })
    }
  }
  return [machine, { handed }]
}

function handOut(
  machine: Machine,
  { strikes, turn, keys, letters }: Hook,
  given: Pick<Hand, 'worker' | 'webhook' | 'letter' | 'ticket' | 'isLoose'>,
): Machine {
  const id = machine.handsGiven + 1
  const tries = letters[given.letter]?.tries ?? 0
  const hand: Hand = { ...given, id, tries, strikes, turn, keys, isRenewed: given.isLoose, sent: null }
  return { ...machine, handsGiven: id, hands: [...machine.hands, hand] }
}

/** Whose renewal is refused puts its claim down. */
export function renew(machine: Machine, hand: Hand): Taken {
  const hook = hookAt(machine, hand.webhook)
  if (hook === null || !hook.isOn || hook.ticket !== hand.ticket) {
    return [withoutHand(machine, hand.id), { renewed: false }]
  }
  const held = withHook(machine, hand.webhook, { ...hook, heldUntil: machine.now + LEASE_MS })
  return [withHand(held, { ...hand, isRenewed: true }), { renewed: true }]
}

export function release(machine: Machine, hand: Hand): Taken {
  const hook = hookAt(machine, hand.webhook)
  const left = withoutHand(machine, hand.id)
  if (hook === null || hook.ticket !== hand.ticket) return [left, 'done']
  return [withHook(left, hand.webhook, { ...hook, ticket: null }), 'done']
}

export function send(machine: Machine, hand: Hand, reply: Reply, tookMs: number): Taken {
  const { present, former, formerUntil } = hand.keys
  const overlaps = former !== null && formerUntil !== null && machine.now < formerUntil
  const finished = machine.now + tookMs
  const sent = { reply, started: machine.now, finished }
  return [
    { ...withHand(machine, { ...hand, sent }), now: finished },
    // Only the plain webhook's owner chose the secret.
    {
      signedBy: overlaps ? [present, former] : [present],
      legacyBy: hand.webhook === SUBSCRIPTION ? null : overlaps ? former : present,
    },
  ]
}

export function settle(machine: Machine, hand: Hand, sent: Sent, keepLease: boolean): Taken {
  const hook = hookAt(machine, hand.webhook)
  const left = withoutHand(machine, hand.id)
  if (hook === null) return [left, { settled: hand.isLoose ? 'loose' : 'late' }]
  if (hand.isLoose)
    return [withHook(left, hand.webhook, afterLoose(hook, hand, sent, machine.now)), { settled: 'loose' }]
  if (!hook.isOn || hook.ticket !== hand.ticket) {
    return [withHook(left, hand.webhook, noteLate(hook, hand, sent)), { settled: 'late' }]
  }
  const tried = { ...noteTry(hook, hand, false), lastSent: sent.started }
  const wasOpen = isOpen(tried.letters[hand.letter] ?? { status: 'FAILED' })
  if (wasOpen && !isAccepted(sent.reply)) {
    const refused = afterRefusal(tried, hand, sent, machine.now)
    return [withHook(left, hand.webhook, refused), { settled: refused.isOn ? 'idle' : 'disabled' }]
  }
  const read = wasOpen ? withLetter(tried, hand.letter, { status: 'DELIVERED', tries: hand.tries + 1 }) : tried
  const head = headOf(read)
  const cleared = { ...read, strikes: 0, turn: null, hasError: false, due: head < 0 ? null : machine.now }
  if (!keepLease || head < 0) {
    return [withHook(left, hand.webhook, { ...cleared, ticket: null }), { settled: 'idle' }]
  }
  const tries = cleared.letters[head]?.tries ?? 0
  const next: Hand = { ...hand, letter: head, tries, strikes: 0, turn: null, isRenewed: false, sent: null }
  return [withHand(withHook(machine, hand.webhook, cleared), next), { settled: 'next', letter: head }]
}

function afterRefusal(hook: Hook, hand: Hand, { reply, finished }: Sent, now: number): Hook {
  const tried = { ...hook, hasError: true, turn: null, ticket: null }
  const strikes = hand.strikes + 1
  const letter = { tries: hand.tries + 1, status: 'RETRYING' } as const
  if (hand.webhook === SUBSCRIPTION && reply.status === 410) {
    return switchedOff(withLetter({ ...tried, strikes }, hand.letter, letter), 'gone', now)
  }
  if (hand.turn !== null) {
    const due = backInTurn(hand.strikes, finished, hand.turn)
    return withLetter({ ...tried, due }, hand.letter, letter)
  }
  if (strikes > LADDER) return switchedOff(withLetter({ ...tried, strikes }, hand.letter, letter), 'gave_up', now)
  return withLetter({ ...tried, strikes, due: repeatAt(strikes, finished, reply.retryAfterMs) }, hand.letter, letter)
}

/** Nothing of the queue waits any longer, and whoever is sending has lost the right to say what came of it. */
export function switchedOff(hook: Hook, reason: NonNullable<Hook['reason']>, now: number): Hook {
  const letters = hook.letters.map((letter) =>
    letter.number !== null && isOpen(letter) ? { ...letter, status: 'FAILED' as const } : letter,
  )
  const pauses = [...hook.pauses, { from: now, until: null }]
  return { ...hook, isOn: false, reason, due: null, turn: null, ticket: null, letters, pauses }
}

/** A receiver that accepted has the letter, whoever is told of it. Nothing else comes of a late outcome. */
function noteLate(hook: Hook, hand: Hand, { reply }: Sent): Hook {
  const noted = noteTry(hook, hand, true)
  if (!isAccepted(reply) || noted.letters[hand.letter]?.status === 'DELIVERED') return noted
  return withLetter(noted, hand.letter, { status: 'DELIVERED', tries: hand.tries + 1, hiddenUntil: null })
}

function afterLoose(hook: Hook, hand: Hand, sent: Sent, now: number): Hook {
  const letter = hook.letters[hand.letter]
  if (letter === undefined || !isOpen(letter) || letter.hiddenUntil !== hand.ticket) return noteLate(hook, hand, sent)
  const isRead = isAccepted(sent.reply)
  const change = { status: isRead ? 'DELIVERED' : 'FAILED', tries: hand.tries + 1, hiddenUntil: null } as const
  const settled = withLetter({ ...noteTry(hook, hand, false), lastSent: sent.started }, hand.letter, change)
  return isRead && letter.kind === 'test' ? hurried(settled, now) : settled
}

/** A waiting head is due now, and its turn is remembered. */
export function hurried(hook: Hook, now: number): Hook {
  return hook.due === null || hook.due <= now ? hook : { ...hook, due: now, turn: hook.turn ?? hook.due }
}

function noteTry(hook: Hook, hand: Hand, isLate: boolean): Hook {
  return withLetter(hook, hand.letter, { history: [...(hook.letters[hand.letter]?.history ?? []), isLate] })
}

function withHand(machine: Machine, hand: Hand): Machine {
  return { ...machine, hands: machine.hands.map((other) => (other.id === hand.id ? hand : other)) }
}
