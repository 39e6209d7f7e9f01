/** `serve`: what `start` runs. Prints where it is, and on the first start the key; then runs until a signal. */
import { type Config, isInMemory, isPostgres, readConfig } from '../config.ts'
import { dataFolder } from '../database.ts'
import { createLog } from '../log.ts'
import { type RunningServer, startServer } from '../server.ts'
import { VERSION } from '../version.ts'
import type { BatchContext } from './context.ts'

export async function serve({ output, env }: BatchContext): Promise<number> {
  const { config, warnings } = readConfig(env)
  const log = createLog(config.log, process.stderr)
  for (const warning of warnings) log.warn({}, warning)
  const stopped = stopSignal()
  const server = await startServer(config, { log })
  for (const line of greeting(config, server)) output.out(line)
  if (server.resolvers.length < 2) {
    log.warn(
      { resolvers: server.resolvers },
      'one DNS upstream only: nobody can confirm what it says; name two operators in DNSRADAR_RESOLVERS',
    )
  }
  log.info({ signal: await stopped }, 'stopping: finishing what is in flight')
  await server.close()
  return 0
}

/** Asked for before anything starts, so that an early signal is not lost. A second one ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130)
        asked = true
        resolve(signal)
      })
    }
  })
}

export function greeting(
  config: Config,
  { address, probes, key }: Pick<RunningServer, 'address' | 'probes' | 'key'>,
): readonly string[] {
  const first =
    address === null || key === null
      ? []
      : [`API key      ${key}   (shown only now)`, `Try it       curl -H 'X-API-Key: ${key}' ${address}/me`]
  return [
    `DNSRADAR ${VERSION}`,
    `Address      ${address ?? `none: this process runs ${config.roles.join(' and ')}`}`,
    ...(address === null ? [] : [`Dashboard    ${address}/app`]),
    ...(address === null && probes !== null ? [`Metrics      ${probes}/metrics, beside /healthz and /readyz`] : []),
    `Process id   ${process.pid}`,
    `Data         ${dataOf(config)}`,
    ...first,
  ]
}

function dataOf(config: Config): string {
  if (isInMemory(config)) return 'in memory, gone when this process ends'
  if (!isPostgres(config)) return dataFolder(config) ?? ''
  const { protocol, host, pathname } = new URL(config.databaseUrl)
  return `${protocol}//${host}${pathname}`
}
