/**
 * The store, the resolver and the sender as they are, and seen: each call passes through unchanged, and what came of it
 * is counted. So neither core nor the engines know that anybody watches.
 */
import type {
  Answer,
  CheckResult,
  DueCheck,
  Log,
  MonitorState,
  RecordedCheck,
  Resolver,
  Sender,
  Store,
} from '@dnsradar/core'
import type { Instruments } from './instruments.ts'
import { FAILED, observe, type Told } from './observe.ts'
import type { Pulse } from './pulse.ts'

export interface Watching {
  readonly instruments: Instruments
  /** Ids of what this process holds leases on. */
  readonly leases: { readonly check: Set<string>; readonly webhook: Set<string> }
  readonly pulse: Pulse
  readonly log: Log
}

export function watchStore(store: Store, watching: Watching): Store {
  const { instruments, pulse, leases } = watching
  /** A transaction of the store, timed. */
  function timed<T>(operation: string, work: () => Promise<T>, told?: Told<T>): Promise<T> {
    return observe(`store ${operation}`, {}, work, (seconds, result) => {
      instruments.store.observe({ operation, failed: String(result === FAILED) }, seconds)
      told?.(seconds, result)
    })
  }
  const lag = ({ status: { nextCheck } }: DueCheck): number => Math.max(0, store.clock.now() - nextCheck) / 1000
  return {
    ...store,
    checks: {
      ...store.checks,
      claimDue(claim) {
        pulse.beat('check')
        const work = () => store.checks.claimDue(claim)
        return timed('claim checks', work, (_seconds, claimed) => {
          if (claimed === FAILED) return
          for (const check of claimed) {
            leases.check.add(check.monitor.id)
            instruments.checkLag.observe(lag(check))
          }
        })
      },
      async claimOne(orgId, id, claim) {
        const claimed = await store.checks.claimOne(orgId, id, claim)
        if (typeof claimed === 'object') leases.check.add(id)
        return claimed
      },
      record(results) {
        const work = () => store.checks.record(results)
        return timed('record checks', work, (seconds, recorded) => {
          // Failed or not: what could not be recorded is left to lapse.
          for (const { check } of results) leases.check.delete(check.monitor.id)
          if (recorded !== FAILED) tellOfChecks(watching, results, recorded, seconds)
        })
      },
      release(checks) {
        for (const { monitor } of checks) leases.check.delete(monitor.id)
        return store.checks.release(checks)
      },
    },
    queue: {
      ...store.queue,
      claimDue(claim) {
        pulse.beat('deliver')
        const work = () => store.queue.claimDue(claim)
        return timed('claim webhooks', work, (_seconds, claimed) => {
          if (claimed === FAILED) return
          for (const { webhook } of claimed) leases.webhook.add(webhook.id)
        })
      },
      settle(claimed, settlement, keepLease) {
        const work = () => store.queue.settle(claimed, settlement, keepLease)
        return timed('settle', work, (_seconds, after) => {
          if (after === FAILED) return
          if (after.kind !== 'next') leases.webhook.delete(claimed.webhook.id)
          instruments.deliveries.inc({ status: after.kind === 'late' ? 'late' : settlement.delivery.status })
        })
      },
      settleLoose(claimed, settlement) {
        const work = () => store.queue.settleLoose(claimed, settlement)
        return timed('settle', work, (_seconds, after) => {
          if (after !== FAILED) instruments.deliveries.inc({ status: settlement.delivery.status })
        })
      },
      release(claimed) {
        leases.webhook.delete(claimed.webhook.id)
        return store.queue.release(claimed)
      },
    },
    transaction: (work) => timed('write', () => store.transaction(work)),
  }
}

/** One wide line each batch: louder when something happened. */
function tellOfChecks(
  { instruments, log }: Watching,
  results: readonly CheckResult[],
  recorded: readonly RecordedCheck[],
  seconds: number,
): void {
  const written = new Set(recorded.filter((row) => row.recorded).map((row) => row.monitorId))
  const states: Partial<Record<MonitorState, number>> = {}
  const counts = new Map<string, number>()
  for (const { check, status, change } of results) {
    const done = change === null ? 'unchanged' : 'changed'
    const key = `${status.state} ${written.has(check.monitor.id) ? done : 'refused'}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    states[status.state] = (states[status.state] ?? 0) + 1
  }
  for (const [key, count] of counts) {
    const [state = '', outcome = ''] = key.split(' ')
    instruments.checks.inc({ state, outcome }, count)
  }
  const events = recorded.filter(({ event }) => event !== null).length
  const refused = results.length - written.size
  const fields = { checks: results.length, events, refused, states, durationMs: Math.round(seconds * 1e4) / 10 }
  log[events > 0 ? 'info' : 'debug'](fields, 'checks recorded')
}

export function watchResolver(resolver: Resolver, { instruments }: Pick<Watching, 'instruments'>): Resolver {
  const byAnswer = bound((answer: Answer['kind']) => instruments.looks.labels({ answer }))
  const byServer = bound((server: string) =>
    bound((answer: Answer['kind']) => instruments.upstreams.labels({ server, answer })),
  )
  return {
    ...resolver,
    look(question, options) {
      const heard = (said: Answer): void => {
        const { server, durationMs } = said.evidence
        byServer(server)(said.kind).observe(durationMs / 1000)
        options.heard?.(said)
      }
      const attributes = { 'dns.question.name': question.name, 'dns.question.type': question.type }
      const work = () => resolver.look(question, { ...options, heard })
      return observe('look', attributes, work, (seconds, answer) => {
        if (answer !== FAILED) byAnswer(answer.kind).observe(seconds)
      })
    },
  }
}

/** Made once for each value: of thousands of looks a second, to look their labels up would cost more than to count. */
function bound<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(key)
    known.set(key, made)
    return made
  }
}

export function watchSender(sender: Sender, { instruments }: Pick<Watching, 'instruments'>): Sender {
  return {
    ...sender,
    send(request, signal) {
      const work = () => sender.send(request, signal)
      return observe('send', { 'http.request.method': request.method }, work, (seconds, outcome) => {
        if (outcome === FAILED) return
        instruments.attempts.observe(
          { outcome: outcome.kind === 'accepted' ? 'accepted' : outcome.errorClass },
          seconds,
        )
      })
    },
  }
}
