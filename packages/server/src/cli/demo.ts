/** `demo`: the whole product at work in a minute, on this machine alone; nothing of it stays. */
import type { WireCheckedMonitor } from '@dnsradar/client'
import { systemClock } from '@dnsradar/core'
import { type Arrivals, collectArrivals } from '../demo/arrivals.ts'
import type { Received } from '../demo/receiver.ts'
import { MONITORS, type Step, STORY, type ZoneRow } from '../demo/story.ts'
import { openWorld, type World } from '../demo/world.ts'
import type { Context } from './context.ts'
import { EXIT } from './failure.ts'
import { type Output, paint, shown } from './output.ts'
import { nameOf, paintState, STATE_WIDTH } from './show.ts'

export interface Asked {
  readonly once: boolean
  /** 2 is twice as fast. */
  readonly speed: number
  readonly port: number
}

/** The longest name and type of the story. */
const ABOUT_WIDTH = 's1._domainkey.example.com TXT'.length
/** Between two steps: time to read. */
const PAUSE_MS = 2_500
const RETRY_MS = 1_000

/** Ends after the story, or, on a terminal and without `once`, with Ctrl-C: until then the dashboard can be looked at. */
export async function demo(context: Context, { once, speed, port }: Asked): Promise<number> {
  const { output } = context
  const signal = context.interrupted()
  const pause = (): Promise<void> => systemClock.wait(PAUSE_MS / speed, signal)
  await using world = await openWorld({ port, retryMs: Math.max(1, Math.round(RETRY_MS / speed)) })
  greet(output, world)
  const stage = createStage(output, world)
  await stage.begin()
  for (const [at, step] of STORY.entries()) {
    await pause()
    if (signal.aborted) break
    await stage.play(at + 1, step)
  }
  if (!signal.aborted) stage.close()
  if (output.screen.isTerminal && !once && !signal.aborted) {
    output.out(`Look around: ${world.address}/app. Ctrl-C ends it.`)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
  return EXIT.done
}

function greet({ out, screen }: Output, { nameServers, address, key, receiver }: World): void {
  const row = (name: string, text: string): void => out(`  ${paint(screen, 'dim', name.padEnd(10))} ${text}`)
  out(paint(screen, 'bold', 'DNSRadar, all of it on this machine and without a network. Nothing of it stays.'))
  row('DNS', `example.com, served by ${nameServers.join(' and ')}`)
  row('API', address)
  row('Dashboard', `${address}/app`)
  row('Key', key)
  row('Receiver', `${receiver.url}, which verifies every signature`)
}

interface Stage {
  /** Makes the monitors and looks at each once. */
  begin(): Promise<void>
  play(number: number, step: Step): Promise<void>
  /** Says what came of it. */
  close(): void
}

interface Owed {
  readonly id: string
  readonly state: string
  readonly since: number
}

function createStage(output: Output, { zone, receiver, client }: World): Stage {
  const { out, screen } = output
  const ids = new Map<string, string>()
  const states = new Map<string, string>()
  /** Moves whose delivery waits for the receiver. */
  let owed: Owed[] = []
  const line = (what: string, text: string): void => out(`   ${paint(screen, 'dim', what.padEnd(8))} ${text}`)
  const arrivals: Arrivals = collectArrivals(receiver, (received) => line('webhook', refusedLine(output, received)))

  async function begin(): Promise<void> {
    const { data } = await client.createMonitors({ monitors: MONITORS })
    out('')
    out(`${data.length} monitors, each looked at once:`)
    for (const [at, { uuid }] of data.entries()) {
      const { full_domain: name, record_type: type } = MONITORS[at] ?? { full_domain: '', record_type: '' }
      ids.set(`${name} ${type}`, uuid)
      line('look', lookLine(output, await look(uuid)))
    }
  }

  async function look(uuid: string): Promise<WireCheckedMonitor> {
    const monitor = await client.checkMonitor(uuid)
    states.set(uuid, monitor.state)
    return monitor
  }

  async function play(number: number, { says, edits, looks, receiver: turn }: Step): Promise<void> {
    out('')
    out(paint(screen, 'bold', `${number}  ${says}`))
    if (turn !== undefined) receiver.isDown = turn === 'goes'
    for (const edit of edits) {
      apply(edit)
      line('DNS', editLine(edit))
    }
    for (const key of looks) {
      const id = ids.get(key) ?? ''
      const before = states.get(id)
      const since = performance.now()
      const monitor = await look(id)
      line('look', lookLine(output, monitor))
      if (monitor.state !== before) owed.push({ id, state: monitor.state, since })
      if (!receiver.isDown) await settle()
    }
    await settle()
  }

  /** Waits until what is owed has arrived; while the receiver is down, until the first of it has been refused. */
  async function settle(): Promise<void> {
    if (receiver.isDown) return arrivals.refusal()
    const waiting = owed
    owed = []
    for (const { id, state, since } of waiting) {
      const received = await arrivals.of(id, state)
      line('webhook', arrivedLine(output, received, received.at - since))
    }
  }

  function apply({ name, type, values }: ZoneRow): void {
    if (values.length === 0) zone.remove(name, type)
    else zone.set(name, type, values)
  }

  function close(): void {
    const { accepted, refused } = arrivals
    const inOrder = accepted.every(({ sequence }, at) => at === 0 || sequence > (accepted[at - 1]?.sequence ?? 0))
    const verified = accepted.filter(({ isVerified }) => isVerified).length
    out('')
    out(
      `${accepted.length} events delivered, ${verified} signatures verified, ${refused} refused by a receiver that was down, ` +
        `${inOrder ? 'all in order' : 'not in order'}.`,
    )
  }
  return { begin, play, close }
}

function editLine({ name, type, values }: ZoneRow): string {
  if (values.length === 0) return `${name} ${type} is deleted`
  const texts = values.map((value) =>
    Array.isArray(value) ? value.map((part) => `"${cut(String(part), 16)}"`).join(' ') : String(value),
  )
  return `${name} ${type} is now ${texts.join(', ')}`
}

/** Keys are long, and their beginning tells enough. */
function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** What is found and why it is wrong fits on a line of 100 characters. */
const WHY_WIDTH = 48

function lookLine({ screen }: Output, monitor: WireCheckedMonitor): string {
  const { state, record_type: type, reasons, current_value: now } = monitor
  const why = state === 'VALID' ? (now ?? []).join(', ') : reasons.map(({ message }) => message).join(' ')
  const about = `${paintState(screen, state.padEnd(STATE_WIDTH), state)} ${nameOf(monitor)} ${type}`
  if (why === '') return about
  const gap = ' '.repeat(Math.max(1, ABOUT_WIDTH + 1 - `${nameOf(monitor)} ${type}`.length))
  return `${about}${gap}${paint(screen, 'dim', shown(cut(why, WHY_WIDTH)))}`
}

function arrivedLine({ screen }: Output, received: Received, ms: number): string {
  const verdict = received.isVerified ? paint(screen, 'green', 'verified') : paint(screen, 'red', 'not verified')
  return `${headOf(received)} ${verdict}, ${Math.round(ms)} ms after the question`
}

function refusedLine({ screen }: Output, received: Received): string {
  return `${headOf(received)} ${paint(screen, 'yellow', '503')}, tried again; the rest waits`
}

function headOf({ kind, sequence, delivery: { event } }: Received): string {
  const about = `${nameOf(event)} ${event.record_type}`
  return `${`number ${sequence}`.padEnd(9)} ${about.padEnd(ABOUT_WIDTH)} ${kind}`
}
