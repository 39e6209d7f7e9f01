/** How much waits, for whoever watches the installation. */

export interface Backlog {
  /** Over all organizations. Costs a walk along what waits, so it is asked every few seconds at most. */
  measure(): Promise<BacklogSize>
}

export interface BacklogSize {
  /** Deliveries in queues that are neither delivered nor given up. */
  readonly deliveries: number
  /** When the oldest of them that is the head of an enabled webhook's queue was queued; null when there is none. */
  readonly oldest: number | null
  /** Enabled webhooks whose head has failed at least once. */
  readonly retryingWebhooks: number
}
