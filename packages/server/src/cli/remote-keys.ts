/** `keys … --remote`: the same over the API; JSON on stdout here too. */
import type { Scope, WireKey } from '@dnsradar/client'
import type { Context } from './context.ts'
import { printJson } from './output.ts'
import { openClient } from './remote.ts'

export async function createRemoteKey(context: Context, asked: { name: string; scopes: string }): Promise<number> {
  // The server knows which words are scopes, and says so.
  const scopes = asked.scopes.split(',').map((scope) => scope.trim()) as Scope[]
  printJson(context.output, await openClient(context).createKey({ name: asked.name, scopes }))
  return 0
}

export async function listRemoteKeys(context: Context): Promise<number> {
  const keys: WireKey[] = []
  for await (const key of openClient(context).each('listKeys', { limit: 100 })) keys.push(key)
  printJson(context.output, keys)
  return 0
}

export async function revokeRemoteKey(context: Context, id: string): Promise<number> {
  const client = openClient(context)
  await client.deleteKey(id)
  printJson(context.output, { uuid: id, revoked: true })
  return 0
}
