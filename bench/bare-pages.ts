/**
 * The ceiling of the API benchmark, in a process of its own: `node bare-pages.ts FILE`.
 *
 * Bare Express, the one statement of a page by hand, and `JSON.stringify` of its rows: no keys, no validation, no
 * presenters, no tag of the content. What is JSON in a column stays text. Prints its address.
 */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'

interface Answer {
  type(name: string): this
  send(text: string): this
}

interface Application extends RequestListener {
  disable(setting: string): this
  get(path: string, handle: (req: unknown, res: Answer) => void): this
}

/** The Express that the server runs on. */
const express = createRequire(new URL('../packages/server/package.json', import.meta.url))(
  'express',
) as () => Application

const MONITORS = `
  select hex(m.id) as uuid, m.created, m.owner_domain as domain, m.owner_subdomain as subdomain, m.record_type,
         m.expected as expected_value, c.current as current_value, c.state, c.incidence_count, c.last_checked,
         m.is_active, m.frequency, m.match, m.notify, hex(m.group_id) as "group", m.external_id, m.metadata, m.updated,
         c.next_check, c.reasons, c.pending as pending_state
    from monitors m
    join checks c on c.org_id = m.org_id and c.phase = m.phase and c.monitor_id = m.id
   where m.org_id = ?
   order by m.id
   limit 100`

const EVENTS = `
  select hex(id) as uuid, hex(monitor_id) as monitor_uuid, owner_domain as domain, owner_subdomain as subdomain,
         record_type, expected as expected_value, occurred, previous as previous_value, current as current_value,
         old_state, new_state, incidence_count, kind, hex(group_id) as "group", external_id, reasons, confirmed
    from events
   where org_id = ?
   order by id desc
   limit 100`

const file = new DatabaseSync(process.argv[2] ?? '', { readOnly: true })
const { id: organization } = file.prepare('select id from organizations').get() as { id: Uint8Array }
const monitors = file.prepare(MONITORS)
const events = file.prepare(EVENTS)

const app = express().disable('x-powered-by').disable('etag')
app.get('/monitors', (_req, res) => void res.type('json').send(JSON.stringify(monitors.all(organization))))
app.get('/events', (_req, res) => void res.type('json').send(JSON.stringify(events.all(organization))))

const server = createServer(app)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
