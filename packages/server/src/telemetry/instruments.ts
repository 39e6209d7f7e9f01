/**
 * **The table** of metrics: everything that `/metrics` shows stands here, one row each.
 *
 * Names and units follow Prometheus: base units, `_total` on what only grows. A label has few values, all known
 * beforehand: never a name, an id or an address that a user chose. Upstreams are the operator's own.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** A look on loopback takes a millisecond, one that gives up five seconds. */
const LOOK_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Receivers have up to 30 seconds. */
const ATTEMPT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** A read from memory takes some microseconds, a commit a flush to disk. */
const STORE_SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]
/** On time is within a second; a minute is a queue. */
const LAG_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600]

export type Instruments = ReturnType<typeof createInstruments>

export function createInstruments() {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,

    build: new Gauge({
      name: 'dnsradar_build_info',
      help: 'Always 1; the labels say what runs.',
      labelNames: ['version', 'node_version'],
      registers,
    }),
    ready: new Gauge({ name: 'dnsradar_ready', help: '1 while /readyz answers 200.', registers }),

    checks: new Counter({
      name: 'dnsradar_checks_total',
      help: 'Looks that were recorded, by the state they found. refused: the monitor was edited or its lease lost meanwhile.',
      labelNames: ['state', 'outcome'],
      registers,
    }),
    checkLag: new Histogram({
      name: 'dnsradar_check_lag_seconds',
      help: 'From the due time of a check to its claim.',
      buckets: LAG_SECONDS,
      registers,
    }),
    overdue: new Gauge({
      name: 'dnsradar_check_overdue_seconds',
      help: 'How long the longest overdue monitor has been due; 0 when none is.',
      registers,
    }),
    looks: new Histogram({
      name: 'dnsradar_look_seconds',
      help: 'One question to the DNS with all its tries, by the kind of answer.',
      labelNames: ['answer'],
      buckets: LOOK_SECONDS,
      registers,
    }),
    upstreams: new Histogram({
      name: 'dnsradar_upstream_seconds',
      help: 'What each upstream took, by the kind of its answer.',
      labelNames: ['server', 'answer'],
      buckets: LOOK_SECONDS,
      registers,
    }),

    queueDeliveries: new Gauge({
      name: 'dnsradar_queue_deliveries',
      help: 'Deliveries that wait in queues of the whole installation.',
      registers,
    }),
    queueAge: new Gauge({
      name: 'dnsradar_queue_age_seconds',
      help: 'Age of the oldest delivery that waits for an enabled webhook; 0 when none does.',
      registers,
    }),
    webhooksRetrying: new Gauge({
      name: 'dnsradar_webhooks_retrying',
      help: 'Enabled webhooks whose head of queue has failed at least once.',
      registers,
    }),
    attempts: new Histogram({
      name: 'dnsradar_attempt_seconds',
      help: 'Attempts to hand a delivery over, by what came of them.',
      labelNames: ['outcome'],
      buckets: ATTEMPT_SECONDS,
      registers,
    }),
    deliveries: new Counter({
      name: 'dnsradar_deliveries_total',
      help: 'Attempts that were written down, by the status they gave their delivery; late: another process had taken over.',
      labelNames: ['status'],
      registers,
    }),

    leases: new Gauge({
      name: 'dnsradar_leases',
      help: 'Leases that this process holds.',
      labelNames: ['on'],
      registers,
    }),
    store: new Histogram({
      name: 'dnsradar_store_seconds',
      help: 'Calls of the store that are transactions, by what they do and whether they failed.',
      labelNames: ['operation', 'failed'],
      buckets: STORE_SECONDS,
      registers,
    }),
    requests: new Histogram({
      name: 'dnsradar_http_request_seconds',
      help: 'Requests to the API, by the route that took them.',
      labelNames: ['method', 'route', 'status'],
      buckets: STORE_SECONDS,
      registers,
    }),

    loopDelay: new Gauge({
      name: 'dnsradar_event_loop_delay_seconds',
      help: 'Delay of the event loop since the last scrape.',
      labelNames: ['quantile'],
      registers,
    }),
    cpu: new Counter({
      name: 'process_cpu_seconds_total',
      help: 'User and system CPU time of this process.',
      registers,
    }),
    memory: new Gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory of this process.', registers }),
    started: new Gauge({
      name: 'process_start_time_seconds',
      help: 'Start time of this process since the Unix epoch.',
      registers,
    }),
  }
}
