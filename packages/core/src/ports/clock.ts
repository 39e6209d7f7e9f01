/** Time, as an argument: the system's in production, a controllable one in tests. */
export interface Clock {
  /** Epoch milliseconds: of the database where several processes share one, so that they agree. */
  now(): number
  /** Milliseconds that never go back, for durations and deadlines inside this process. */
  monotonic(): number
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects and never keeps the process alive. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}
