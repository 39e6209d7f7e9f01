/** Records break and are restored, and monitors are changed. */
import type { Step } from './story.ts'
import { WWW } from './watching.ts'

export const breaking: readonly Step[] = [
  {
    route: 'POST /monitors/:id/check',
    name: 'lookedAndBroken',
    summary: 'The record has another value',
    status: 200,
    before: async ({ radar: { dns }, clock }) => {
      await clock.advance(5_000)
      dns.set('www.example.com', 'A', ['198.51.100.7'])
    },
    ask: (told) => ({ params: { id: told('address').uuid } }),
  },
  {
    route: 'GET /monitors',
    name: 'brokenMonitors',
    summary: '`state=MISMATCH`: what is broken',
    status: 200,
    ask: { query: { state: 'MISMATCH' } },
  },
  {
    route: 'GET /monitors/:id',
    name: 'oneMonitor',
    summary: 'A broken monitor with its last look',
    status: 200,
    ask: (told) => ({ params: { id: told('address').uuid } }),
  },
  {
    route: 'GET /monitors/:id',
    name: 'noMonitor',
    summary: 'There is no such monitor',
    status: 404,
    ask: { params: { id: 'mon_01h455vb4pex5vsknk084sn02q' } },
  },
  {
    route: 'POST /monitors/:id/check',
    name: 'lookedAndRestored',
    summary: 'The record is as expected again',
    status: 200,
    before: async ({ radar: { dns }, clock }) => {
      await clock.advance(20_000)
      dns.set('www.example.com', 'A', ['192.0.2.1'])
    },
    ask: (told) => ({ params: { id: told('address').uuid } }),
  },
  {
    route: 'POST /monitors/:id/accept',
    name: 'accepted',
    summary: 'The shop has moved on purpose',
    status: 200,
    before: async ({ radar: { dns, client } }, told) => {
      dns.set('shop.example.com', 'CNAME', ['shops.example.org'])
      await client.checkMonitor(told('severalRecords').data[0].uuid)
    },
    ask: (told) => ({ params: { id: told('severalRecords').data[0].uuid } }),
  },
  {
    route: 'GET /events',
    name: 'allEvents',
    summary: 'The latest changes of all monitors',
    status: 200,
    ask: { query: { limit: '2' } },
  },
  {
    route: 'GET /events',
    name: 'badCursor',
    summary: 'The cursor is no event’s id',
    status: 400,
    ask: { query: { after: 'yesterday' } },
  },
  {
    route: 'GET /monitors/:id/events',
    name: 'eventsOfMonitor',
    summary: 'A record broke and was restored',
    status: 200,
    ask: (told) => ({ params: { id: told('address').uuid } }),
  },
  {
    route: 'GET /stream',
    name: 'stream',
    summary: 'The data of one message: an event',
    status: 200,
    ask: (told) => ({
      query: { types: 'event' },
      headers: { 'Last-Event-ID': told('eventsOfMonitor').data[1].uuid },
    }),
  },
  {
    route: 'GET /events/:event',
    name: 'oneEvent',
    summary: 'A record that broke',
    status: 200,
    ask: (told) => ({ params: { event: told('eventsOfMonitor').data[1].uuid } }),
  },
  {
    route: 'GET /monitors/:id/events/:event',
    name: 'eventOfMonitor',
    summary: 'A record that was restored',
    status: 200,
    ask: (told) => ({
      params: { id: told('address').uuid, event: told('eventsOfMonitor').data[0].uuid },
    }),
  },
]

export const editing: readonly Step[] = [
  {
    route: 'PATCH /monitors/:id',
    name: 'changed',
    summary: 'Tell only once the record has been right',
    status: 200,
    ask: (told) => ({ params: { id: told('mailServers').uuid }, json: { notify: 'after_success' } }),
  },
  {
    route: 'PATCH /monitors/:id',
    name: 'changedToNothing',
    summary: 'Nothing would change',
    status: 400,
    ask: (told) => ({ params: { id: told('mailServers').uuid }, json: {} }),
  },
  {
    route: 'POST /monitors',
    name: 'customersOwn',
    summary: 'Not watched yet',
    status: 201,
    ask: { as: 'customer', json: { ...WWW, is_active: false } },
  },
  {
    route: 'PATCH /monitors/:id',
    name: 'changedFrequency',
    summary: 'The plan has no such frequency',
    status: 402,
    ask: (told) => ({ as: 'customer', params: { id: told('customersOwn').uuid }, json: { frequency: 5 } }),
  },
  {
    route: 'PATCH /monitors/:id',
    name: 'changedExternalId',
    summary: 'Another monitor has this external id',
    status: 409,
    ask: (told) => ({ params: { id: told('mailServers').uuid }, json: { external_id: WWW.external_id } }),
  },
  {
    route: 'POST /monitors/:id/disable',
    name: 'disabled',
    summary: 'Not watched for a while',
    status: 200,
    ask: (told) => ({ params: { id: told('mailServers').uuid } }),
  },
  {
    route: 'POST /monitors/:id/check',
    name: 'lookedAtDisabled',
    summary: 'The monitor is disabled',
    status: 409,
    ask: (told) => ({ params: { id: told('mailServers').uuid } }),
  },
  {
    route: 'POST /monitors/:id/enable',
    name: 'enabled',
    summary: 'Watched again',
    status: 200,
    ask: (told) => ({ params: { id: told('mailServers').uuid } }),
  },
  {
    route: 'GET /summary',
    name: 'counts',
    summary: 'All monitors',
    status: 200,
  },
  {
    route: 'GET /summary',
    name: 'noSuchGroup',
    summary: 'There is no such group',
    status: 404,
    ask: { query: { group: 'shops' } },
  },
  {
    route: 'GET /system-events',
    name: 'systemEvents',
    summary: 'What the API was told to do with monitors',
    status: 200,
    ask: { query: { limit: '2', type: 'monitor.*' } },
  },
  {
    route: 'DELETE /monitors/:id',
    name: 'deleted',
    summary: 'No longer watched',
    status: 204,
    ask: (told) => ({ params: { id: told('mailServers').uuid } }),
  },
]

export const asking: readonly Step[] = [
  {
    route: 'POST /match',
    name: 'wouldMatch',
    summary: 'An SPF policy among other texts',
    status: 200,
    ask: {
      as: 'reader',
      json: {
        record_type: 'SPF',
        match: 'includes',
        expected_value: 'v=spf1 include:_spf.example.net -all',
        observed: ['a text of somebody else', 'v=spf1 include:_spf.example.net include:other.example -all'],
      },
    },
  },
  {
    route: 'POST /match',
    name: 'wouldNotMatch',
    summary: 'The record is gone',
    status: 200,
    ask: { as: 'reader', json: { record_type: 'A', expected_value: '192.0.2.1', response: 'NXDOMAIN' } },
  },
  {
    route: 'POST /match',
    name: 'nothingObserved',
    summary: 'There is nothing to judge',
    status: 400,
    ask: { as: 'reader', json: { record_type: 'A', expected_value: '192.0.2.1' } },
  },
  {
    route: 'GET /lookup',
    name: 'answers',
    summary: 'What each server says',
    status: 200,
    ask: { as: 'reader', query: { name: 'www.example.com', type: 'A' } },
  },
  {
    route: 'GET /lookup',
    name: 'noName',
    summary: 'There is no such name and no such type',
    status: 400,
    ask: { as: 'reader', query: { name: 'www..example.com', type: 'ANY' } },
  },
]
