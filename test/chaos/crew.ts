/** The worker processes of a run: so many at a time, replaced as they die. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from './ledger.ts'
import type { WorkerSettings } from './protocol.ts'
import { startWorker, type Worker } from './worker-process.ts'

export interface Crew extends AsyncDisposable {
  readonly workers: readonly Worker[]
  /** From now on there are so many, also after deaths. */
  keep(count: number): Promise<void>
  /** Kills all, and nobody replaces them. */
  killAll(): Promise<void>
  /** Lets all finish what they are at. */
  stopAll(): Promise<void>
  /** One that can be told something, by chance; waits until there is one. */
  anyone(random: () => number): Promise<Worker>
}

export function createCrew(settings: Omit<WorkerSettings, 'name'>, ledger: Ledger): Crew {
  const workers: Worker[] = []
  let spare: Worker | null = null
  let wanted = 0
  let hired = 0

  function load(): Worker {
    const name = `worker-${++hired}`
    const url = settings.url.startsWith('postgres') ? `${settings.url}?application_name=${name}` : settings.url
    return startWorker({ ...settings, url, name }, ledger)
  }

  function hire(): void {
    const worker = spare ?? load()
    spare = load()
    workers.push(worker)
    worker.serve()
    void worker.ended.then(() => {
      workers.splice(workers.indexOf(worker), 1)
      if (workers.length < wanted) hire()
    })
  }

  async function endAll(end: (worker: Worker) => Promise<unknown>): Promise<void> {
    wanted = 0
    await Promise.all([...workers].map(async (worker) => Promise.all([end(worker), worker.ended])))
  }

  return {
    workers,
    async keep(count) {
      wanted = count
      while (workers.length < wanted) hire()
      await Promise.all(workers.map(({ ready }) => ready))
    },
    killAll: () => endAll((worker) => worker.kill()),
    stopAll: () => endAll((worker) => worker.ask({ do: 'stop' })),
    async anyone(random) {
      for (;;) {
        const fit = workers.filter(({ isAlive, isPaused, isReady }) => isAlive && isReady && !isPaused)
        const one = fit[Math.floor(random() * fit.length)]
        if (one !== undefined) return one
        await sleep(LOOK_EVERY_MS)
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([endAll((worker) => worker.kill()), spare?.kill()])
    },
  }
}

const LOOK_EVERY_MS = 10
