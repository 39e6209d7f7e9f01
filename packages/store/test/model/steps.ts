/** One step of the model: a pure function from a machine to the next and what it says. */
import { headOf, hookAt, withHook, withoutHand } from './machine.ts'
import type { Hand, Hook, Letter, Machine, Taken } from './machine.ts'
import { claim, claimLoose, hurried, release, renew, send, settle, switchedOff } from './sending.ts'
import { PLAIN, WEBHOOKS, type LetterKind, type Step, type Topic } from './words.ts'

export function takeStep(machine: Machine, step: Step): Taken {
  switch (step.do) {
    case 'pass':
      return [{ ...machine, now: machine.now + step.ms }, 'done']
    case 'event':
      return [happen(machine, step.topic), 'done']
    case 'claim':
      return claim(machine, step.worker, step.lane)
    case 'claimLoose':
      return claimLoose(machine, step.worker)
    case 'renew':
      return renew(machine, handOf(machine, step.hand))
    case 'release':
      return release(machine, handOf(machine, step.hand))
    case 'crash':
      return [withoutHand(machine, step.hand), 'done']
    case 'send':
      return send(machine, handOf(machine, step.hand), step.reply, step.tookMs)
    case 'settle': {
      const hand = handOf(machine, step.hand)
      if (hand.sent === null) throw new Error('what was not sent has no outcome')
      return settle(machine, hand, hand.sent, step.keepLease)
    }
    case 'disable':
    case 'enable':
    case 'retry':
    case 'test':
    case 'delete':
    case 'retryRequest':
    case 'recover':
    case 'rotate': {
      const hook = hookAt(machine, step.webhook)
      return hook === null ? [machine, 'nothing'] : ask(machine, hook, step)
    }
  }
}

type Request = Extract<Step, { readonly webhook: number }>

/** What people ask of a webhook that is there. */
function ask(machine: Machine, hook: Hook, step: Request): Taken {
  const { now } = machine
  const put = (changed: Hook | null): Taken => [withHook(machine, step.webhook, changed), 'done']
  switch (step.do) {
    case 'disable':
      return put(hook.isOn ? switchedOff(hook, 'manual', now) : hook)
    case 'enable':
      return put(hook.isOn ? hook : switchedOn(hook, now))
    case 'test':
      return put(withMore(hook, { kind: 'test', number: null, event: null, made: now, hiddenUntil: now }))
    case 'delete':
      return put(null)
    case 'rotate':
      return rotate(machine, hook, step)
    case 'retry':
      return hook.isOn ? put(hurried(hook, now)) : [machine, 'refused: webhook_disabled']
    case 'retryRequest':
      return hook.isOn ? retryRequest(machine, hook, step) : [machine, 'refused: webhook_disabled']
    case 'recover':
      return hook.isOn ? recover(machine, hook, step) : [machine, 'refused: webhook_disabled']
  }
}

function happen(machine: Machine, topic: Topic): Machine {
  const event = machine.events.length
  const known = { ...machine, events: [...machine.events, { at: machine.now, topic }] }
  return WEBHOOKS.reduce<Machine>((told, webhook) => {
    const hook = hookAt(told, webhook)
    if (hook === null || !hook.isOn || !hears(webhook, topic)) return told
    return withHook(told, webhook, queued(hook, event, told.now))
  }, known)
}

function hears(webhook: number, topic: Topic): boolean {
  return topic === 'both' || webhook !== PLAIN
}

function queued(hook: Hook, event: number, now: number): Hook {
  const number = hook.nextNumber
  const longer = withMore(hook, { kind: 'event', number, event, made: now, hiddenUntil: null })
  return { ...longer, nextNumber: number + 1, due: hook.due ?? now }
}

function withMore(hook: Hook, letter: Omit<Letter, 'status' | 'tries' | 'history'> & { kind: LetterKind }): Hook {
  return { ...hook, letters: [...hook.letters, { ...letter, status: 'PENDING', tries: 0, history: [] }] }
}

/** Starts afresh and with nothing to send. */
function switchedOn(hook: Hook, now: number): Hook {
  const pauses = hook.pauses.map((pause) => (pause.until === null ? { ...pause, until: now } : pause))
  return { ...hook, isOn: true, reason: null, strikes: 0, turn: null, due: null, hasError: false, pauses }
}

function rotate(machine: Machine, hook: Hook, { webhook, overlapMs }: Extract<Request, { do: 'rotate' }>): Taken {
  const present = machine.secrets
  const keys =
    overlapMs === 0
      ? { present, former: null, formerUntil: null }
      : { present, former: hook.keys.present, formerUntil: machine.now + overlapMs }
  return [{ ...withHook(machine, webhook, { ...hook, keys }), secrets: present + 1 }, 'done']
}

function retryRequest(machine: Machine, hook: Hook, asked: Extract<Request, { do: 'retryRequest' }>): Taken {
  const letter = hook.letters[asked.letter]
  if (letter === undefined) return [machine, 'nothing']
  const { now } = machine
  if (headOf(hook) === asked.letter) return [withHook(machine, asked.webhook, hurried(hook, now)), 'done']
  if (letter.status !== 'DELIVERED' || letter.kind === 'test') return [machine, 'refused: not_head']
  const { event } = letter
  const again = withMore(hook, { kind: 'resend', number: null, event, made: now, hiddenUntil: now })
  return [withHook(machine, asked.webhook, again), 'done']
}

/** First what was queued and failed, in its old places; then what was never queued, at the end. */
function recover(machine: Machine, hook: Hook, { webhook, since }: Extract<Request, { do: 'recover' }>): Taken {
  const { now } = machine
  const isLost = ({ number, status, made }: Letter) => number !== null && status === 'FAILED' && made >= since
  const reopened = hook.letters.filter(isLost).length
  const letters = hook.letters.map((letter) =>
    isLost(letter) ? { ...letter, status: letter.tries > 0 ? ('RETRYING' as const) : ('PENDING' as const) } : letter,
  )
  const open = { ...hook, letters }
  const back = reopened === 0 ? open : { ...hurried(open, now), due: hurried(open, now).due ?? now }

  const missed = machine.events.flatMap(({ at, topic }, event) => {
    const slept = hook.pauses.some(({ from, until }) => from <= at && until !== null && at <= until)
    const isGiven = hook.letters.some((letter) => letter.event === event)
    return slept && at >= since && hears(webhook, topic) && !isGiven ? [event] : []
  })
  const full = missed.reduce<Hook>((longer, event) => queued(longer, event, now), back)
  return [withHook(machine, webhook, full), { queued: reopened + missed.length }]
}

function handOf(machine: Machine, id: number): Hand {
  const hand = machine.hands.find((one) => one.id === id)
  if (hand === undefined) throw new Error(`there is no hand ${id}`)
  return hand
}
