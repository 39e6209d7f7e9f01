/** A server and somebody at a desk beside it, who works with the command line. */
import { expect } from 'vitest'
import { type Ran, runCommand, settingsFor } from './command-line.ts'
import { type Radar, startRadar } from './radar.ts'

export interface Desk extends AsyncDisposable {
  readonly radar: Radar
  readonly env: Readonly<Record<string, string>>
  run(...args: string[]): Promise<Ran>
  /** Prints JSON, which is read. */
  read<T = Record<string, unknown>>(...args: string[]): Promise<T>
}

export async function openDesk(settings: Record<string, string> = {}): Promise<Desk> {
  const radar = await startRadar({ settings })
  const env = { ...settingsFor(radar), DNSRADAR_RESOLVERS: radar.dns.address, DNSRADAR_AUTHORITATIVE: 'off' }
  const run: Desk['run'] = (...args) => runCommand(args, env)
  return {
    radar,
    env,
    run,
    async read<T>(...args: string[]) {
      const { code, stdout, stderr } = await run(...args, '--json')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return JSON.parse(stdout) as T
    },
    [Symbol.asyncDispose]: () => radar[Symbol.asyncDispose](),
  }
}

/** What differs from run to run, in the same number of characters where columns depend on it. */
export function golden(text: string): string {
  return text
    .replaceAll(
      /\b(mon|evt|wh|req_test|req|grp|key|org|sys|aud|nod)_[0-9a-z]{26}/g,
      (_, kind: string) => `${kind}_${'0'.repeat(26)}`,
    )
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '2026-01-08T10:35:22Z')
    .replaceAll(/127\.0\.0\.1:\d{5}/g, '127.0.0.1:50000')
    .trimEnd()
}
