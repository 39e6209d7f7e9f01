/**
 * Collects results of checks so that many share one transaction.
 *
 * A commit costs a flush to disk whatever it holds, and each page that several of its rows share once. The first result
 * waits a moment for company, longer when the last commit was only just; a full batch goes at once. A caller's promise
 * settles when its own result is committed or refused.
 */
import type { CheckResult, RecordedCheck, Store } from './ports.ts'

/** Bounds how long one transaction holds the database. */
const BATCH = 250
const FLUSH_MS = 20
/** Between two commits that are not full: ten a second while results keep coming. */
const APART_MS = 100

export interface Recorder {
  /** Rejects when the batch could not be written: the lease then lapses and the monitor is looked at again. */
  record(result: CheckResult): Promise<RecordedCheck>
}

interface Waiting {
  readonly result: CheckResult
  readonly done: (recorded: RecordedCheck) => void
  readonly failed: (error: unknown) => void
}

export function createRecorder(store: Store): Recorder {
  const { clock } = store
  let waiting: Waiting[] = []
  let flushedAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  function flushSoon(): void {
    timer = setTimeout(() => void flush(), Math.max(FLUSH_MS, flushedAt + APART_MS - clock.monotonic()))
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    flushedAt = clock.monotonic()
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    try {
      const recorded = await store.checks.record(batch.map(({ result }) => result))
      const byMonitor = new Map(recorded.map((row) => [row.monitorId, row]))
      for (const { result, done } of batch) {
        const id = result.check.monitor.id
        done(byMonitor.get(id) ?? { monitorId: id, recorded: false, event: null })
      }
    } catch (error) {
      for (const { failed } of batch) failed(error)
    }
  }

  return {
    record: (result) =>
      new Promise((done, failed) => {
        waiting.push({ result, done, failed })
        if (waiting.length >= BATCH) void flush()
        else if (waiting.length === 1) flushSoon()
      }),
  }
}
