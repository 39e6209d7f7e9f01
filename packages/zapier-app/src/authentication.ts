/** A connection: the address of somebody's own server and a key to it. */
import type { WireMe } from '@dnsradar/client'
import type { Authentication, Bundle, ZObject } from 'zapier-platform-core'
import { notDnsradar } from './fault.ts'
import { withRadar } from './radar.ts'

/** What the test of a connection found out; nothing secret, since Zapier keeps and shows it. */
export interface Connected {
  readonly instance: string
  readonly host: string
  readonly organization: string
  readonly scopes: readonly string[]
  readonly version: string
}

const test = withRadar(async (radar, _input, { connection }): Promise<Connected> => {
  const me = await radar.me()
  if (!isMe(me)) throw notDnsradar()
  return {
    instance: me.server.name,
    host: connection.host,
    organization: me.organization.name,
    scopes: me.key.scopes,
    version: me.server.version,
  }
}, 'testing the connection')

/** Another API may have a `/me` too. */
function isMe(answer: Partial<WireMe> | null): answer is WireMe {
  return typeof answer?.server?.name === 'string' && Array.isArray(answer.key?.scopes)
}

/** An instance that nobody named is called as this app is, which says nothing beside the app's own name. */
const UNNAMED = 'dnsradar'

/** Zapier puts the app's name in front of it. */
export async function connectionLabel(_z: ZObject, { inputData }: Bundle): Promise<string> {
  const { instance, host } = inputData as unknown as Connected
  return instance.toLowerCase() === UNNAMED ? host : `${instance} (${host})`
}

export const authentication: Authentication = {
  type: 'custom',
  test,
  connectionLabel,
  fields: [
    {
      key: 'server_url',
      label: 'Server Address',
      type: 'string',
      required: true,
      isNoSecret: true,
      placeholder: 'https://radar.example.com',
      helpText:
        'Where your DNSRadar listens, as the internet reaches it. Use https: with http the key travels in the clear.',
    },
    {
      key: 'api_key',
      label: 'API Key',
      type: 'password',
      required: true,
      helpText:
        'A key with the scopes read and write. The operator of the server makes one with `dnsradar keys create --name Zapier`.',
    },
  ],
}
