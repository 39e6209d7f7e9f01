/** Fills the SQLite file of a server that does not run: monitors that have been looked at, and a history of events. */
import { DatabaseSync } from 'node:sqlite'

/** Well within what retention keeps. */
const DAYS = 80

const SEEN = `
  update checks
     set state = 'VALID', current = '["10 mx1.example.net","20 mx2.example.net"]', was_valid = 1,
         last_checked = next_check`

const NUMBERED = `
  create temp table numbered as
  select row_number() over (order by id) - 1 as number, id, org_id, group_id, owner_domain, owner_subdomain, record_type,
         expected, external_id
    from monitors;
  create unique index temp.numbered_by on numbered (number)`

/** Every monitor in turn; an id is its millisecond, the version, the variant and a number, so ids rise with time. */
const EVENTS = `
  insert into events (id, org_id, monitor_id, group_id, kind, occurred, owner_domain, owner_subdomain, record_type,
                      expected, external_id, old_state, new_state, previous, current, incidence_count, reasons, confirmed)
  with recursive turn (i) as (select 0 union all select i + 1 from turn where i + 1 < :count),
       moment (i, ms) as (select i, :first + cast(i * :step as integer) from turn)
  select unhex(printf('%012x70008%015x', ms, i)), m.org_id, m.id, m.group_id,
         iif(i / :monitors % 2 = 0, 'record.broken', 'record.restored'), ms, m.owner_domain, m.owner_subdomain,
         m.record_type, m.expected, m.external_id,
         iif(i / :monitors % 2 = 0, 'VALID', 'MISMATCH'), iif(i / :monitors % 2 = 0, 'MISMATCH', 'VALID'),
         '["10 mx1.example.net","20 mx2.example.net"]', '["10 mx1.example.net"]', i / :monitors / 2 + 1,
         '[{"code":"missing","message":"20 mx2.example.net is not there","value":"20 mx2.example.net"}]', 1
    from moment join numbered m on m.number = i % :monitors
   order by i`

export interface Filled {
  readonly seconds: number
  /** Milliseconds of the oldest and the newest event. */
  readonly first: number
  readonly last: number
}

export function fill(path: string, count: number): Filled {
  const started = performance.now()
  using file = new DatabaseSync(path)
  // Nobody else has the file, and a file that is lost is made again. The server that opens it turns its log on again.
  file.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000')
  file.exec(SEEN)
  file.exec(NUMBERED)
  const { monitors } = file.prepare('select count(*) as monitors from monitors').get() as { monitors: number }
  const last = Date.now()
  const first = last - DAYS * 86_400_000
  file
    .prepare(EVENTS)
    .run({ count: BigInt(count), monitors: BigInt(monitors), first: BigInt(first), step: (last - first) / count })
  return { seconds: (performance.now() - started) / 1000, first, last }
}
