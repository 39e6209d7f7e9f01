/** Deliveries, from a due webhook to a settled attempt. */

export interface Deliverer {
  /** Sends what is due until `signal` aborts, then finishes the attempts in flight and gives back its leases. */
  run(signal: AbortSignal): Promise<void>
  /** Something became due: look without waiting for the next poll. */
  poke(): void
}
