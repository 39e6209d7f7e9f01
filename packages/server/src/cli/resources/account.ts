import { createdAfter, createdBefore } from './fields.ts'
import { field, required, type Resource, row, type Row } from './operation.ts'

export const me: Row = row('', 'me', 'whose key this is, what it may do, limits and use')

export const organization: Resource = {
  name: 'organization',
  says: 'your organization',
  rows: [
    row('get', 'getOrganization', 'its plan, limits and use'),
    row('update', 'updateOrganization', 'change its name', {
      fields: [required(field('name', 'text', 'what it is called'))],
    }),
  ],
}

const APPLICATION = [['application', 'its app_… id']] as const

const APPLICATION_FIELDS = [
  field('webhook_url', 'text_or_none', 'where its domain events go'),
  field('user_id', 'text_or_none', 'whose domains are when a request does not say'),
]

export const applications: Resource = {
  name: 'applications',
  says: 'applications that speak Entri Monitor',
  rows: [
    row('list', 'listEntriApplications', 'all of them', { shows: 'application' }),
    row('get', 'getEntriApplication', 'one application', { ids: APPLICATION, shows: 'application' }),
    row('create', 'createEntriApplication', 'make one; its secret is shown this once', {
      fields: [
        field('application_id', 'text', 'made for you when left out'),
        field('secret', 'text', 'made for you when left out'),
        ...APPLICATION_FIELDS,
      ],
      shows: 'application',
    }),
    row('update', 'updateEntriApplication', 'change what is named, leave the rest', {
      ids: APPLICATION,
      fields: [field('secret', 'text_or_none', 'an empty one has a new one made'), ...APPLICATION_FIELDS],
      shows: 'application',
    }),
    row('delete', 'deleteEntriApplication', 'take it away', { ids: APPLICATION, done: 'Deleted.' }),
  ],
}

export const audit: Resource = {
  name: 'audit',
  says: 'who wrote what',
  rows: [row('list', 'listAudit', 'newest first', { fields: [createdAfter, createdBefore], shows: 'audit' })],
}

export const nodes: Resource = {
  name: 'nodes',
  says: 'processes of the installation',
  rows: [row('list', 'listNodes', 'those that are alive', { shows: 'node' })],
}
