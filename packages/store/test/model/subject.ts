/** A store beside the model: the steps as calls of its ports, with the numbers of the model for its ids. */
import {
  RETRY_DELAYS,
  settle,
  testBody,
  type ClaimedDelivery,
  type Delivery,
  type NodeId,
  type Recovered,
  type Settlement,
  type Webhook,
  type WebhookId,
} from '@dnsradar/core'
import { NODE, OTHER_NODE } from '../fixtures.ts'
import type { Desk } from './desk.ts'
import { createReceiver, outcomeOf } from './receiver.ts'
import { done, lookAt, orRefusal, seeWebhook } from './sight.ts'
import {
  CHANCE,
  LEASE_MS,
  LOOSE_LEASE_MS,
  secretText,
  type Answer,
  type HandOut,
  type Step,
  type Subject,
} from './words.ts'

const WORKERS: readonly NodeId[] = [NODE, OTHER_NODE]
const POLICY = { delays: RETRY_DELAYS, random: () => CHANCE }

interface Hand {
  readonly claimed: ClaimedDelivery
  readonly isLoose: boolean
  readonly settlement: Settlement | null
}

export function subjectOf(desk: Desk): Subject {
  const { clock, deliveries, orgId, queue, webhooks } = desk
  /** As they were seen last: whatever makes letters is followed by a look. */
  let known: ReadonlyMap<WebhookId, readonly Delivery[]> = new Map()
  const events: string[] = []
  const hands = new Map<number, Hand>()
  const receiver = createReceiver()
  let handsGiven = 0
  let secrets = desk.made.length

  const idOf = (index: number): WebhookId => {
    const id = desk.made[index]
    if (id === undefined) throw new Error(`there is no webhook ${index}`)
    return id
  }
  const handAt = (id: number): Hand => {
    const hand = hands.get(id)
    if (hand === undefined) throw new Error(`there is no hand ${id}`)
    return hand
  }
  const letterOf = ({ webhookId, id }: Delivery): number =>
    known.get(webhookId)?.findIndex((one) => one.id === id) ?? -1

  function handOut(claims: readonly ClaimedDelivery[], isLoose: boolean): Answer {
    const found = claims.map((claimed) => ({
      claimed,
      webhook: desk.made.indexOf(claimed.webhook.id),
      letter: letterOf(claimed.delivery),
    }))
    const handed = found
      .toSorted((a, b) => a.webhook - b.webhook || a.letter - b.letter)
      .map(({ claimed, webhook, letter }): HandOut => {
        handsGiven += 1
        hands.set(handsGiven, { claimed, isLoose, settlement: null })
        return { hand: handsGiven, webhook, letter }
      })
    return { handed }
  }

  async function renew(id: number): Promise<Answer> {
    const { claimed } = handAt(id)
    const renewed = await queue.renew(claimed.webhook, claimed.lease, LEASE_MS)
    if (!renewed) {
      hands.delete(id)
      await queue.release(claimed)
    }
    return { renewed }
  }

  function send({ hand: id, reply, tookMs }: Extract<Step, { do: 'send' }>): Answer {
    const hand = handAt(id)
    const { webhook, delivery } = hand.claimed
    const started = clock.now()
    const answer = receiver.receive(hand.claimed, started, secrets)
    clock.advance(tookMs)
    const times = { started, finished: clock.now() }
    hands.set(id, { ...hand, settlement: settle(webhook, delivery, outcomeOf(reply), times, POLICY) })
    return answer
  }

  async function settleHand({ hand: id, keepLease }: Extract<Step, { do: 'settle' }>): Promise<Answer> {
    const { claimed, isLoose, settlement } = handAt(id)
    if (settlement === null) throw new Error('what was not sent has no outcome')
    hands.delete(id)
    if (isLoose) {
      await queue.settleLoose(claimed, settlement)
      return { settled: 'loose' }
    }
    const after = await queue.settle(claimed, settlement, keepLease)
    if (after.kind !== 'next') return { settled: after.kind }
    const webhook: Webhook = { ...claimed.webhook, retries: 0, resumeAt: null, lastError: null }
    hands.set(id, { claimed: { ...claimed, webhook, delivery: after.delivery }, isLoose, settlement: null })
    return { settled: 'next', letter: letterOf(after.delivery) }
  }

  async function recover({ webhook, since, slice }: Extract<Step, { do: 'recover' }>): Promise<Answer> {
    let queued = 0
    let after: Recovered['after'] = null
    do {
      const part: Recovered | null = await webhooks.recover(orgId, idOf(webhook), { since, after, limit: slice })
      if (part === null) return 'nothing'
      queued += part.queued
      after = part.after
    } while (after !== null)
    return { queued }
  }

  async function retryRequest({ webhook, letter }: Extract<Step, { do: 'retryRequest' }>): Promise<Answer> {
    const id = idOf(webhook)
    const delivery = known.get(id)?.[letter]
    return done(delivery === undefined ? null : await deliveries.retry(orgId, id, delivery.id))
  }

  function claimOf(worker: number) {
    const node = WORKERS[worker]
    if (node === undefined) throw new Error(`there is no worker ${worker}`)
    return { node, limit: 1000 }
  }

  async function perform(step: Step): Promise<Answer> {
    switch (step.do) {
      case 'pass':
        clock.advance(step.ms)
        return 'done'
      case 'event':
        events.push(await desk.record(step.topic))
        return 'done'
      case 'claim': {
        const lane = step.lane === null ? {} : { lane: step.lane }
        return handOut(await queue.claimDue({ ...claimOf(step.worker), leaseMs: LEASE_MS, ...lane }), false)
      }
      case 'claimLoose':
        return handOut(await queue.claimLoose({ ...claimOf(step.worker), leaseMs: LOOSE_LEASE_MS }), true)
      case 'renew':
        return renew(step.hand)
      case 'release':
        await queue.release(handAt(step.hand).claimed)
        hands.delete(step.hand)
        return 'done'
      case 'crash':
        hands.delete(step.hand)
        return 'done'
      case 'send':
        return send(step)
      case 'settle':
        return settleHand(step)
      case 'disable':
        return done(await webhooks.setActive(orgId, idOf(step.webhook), { isActive: false, reason: 'manual' }))
      case 'enable':
        return done(await webhooks.setActive(orgId, idOf(step.webhook), { isActive: true }))
      case 'retry':
        return done(await webhooks.retry(orgId, idOf(step.webhook)))
      case 'delete':
        return done(await webhooks.delete(orgId, idOf(step.webhook)))
      case 'test':
        return done(
          await deliveries.createTest(orgId, idOf(step.webhook), ({ id, created }, webhook) =>
            testBody(id.slice(4), created, webhook),
          ),
        )
      case 'rotate': {
        const rotation = { secret: secretText(secrets), overlapMs: step.overlapMs }
        const rotated = await webhooks.rotateSecret(orgId, idOf(step.webhook), rotation)
        if (rotated !== null) secrets += 1
        return done(rotated)
      }
      case 'retryRequest':
        return retryRequest(step)
      case 'recover':
        return recover(step)
    }
  }

  return {
    take: (step) => orRefusal(() => perform(step)),
    async see() {
      const [found, nextDue] = await Promise.all([lookAt(desk), queue.nextDue()])
      known = new Map([...found].map(([id, { letters }]) => [id, letters]))
      return { webhooks: desk.made.map((id) => seeWebhook(found.get(id), events)), nextDue }
    },
    async history(index) {
      const id = idOf(index)
      const letters = (await lookAt(desk)).get(id)?.letters
      if (letters === undefined) return null
      const attempts = await Promise.all(letters.map((letter) => deliveries.attempts(orgId, letter.id)))
      return attempts.map((tries) => tries.map(({ late }) => late))
    },
  }
}
