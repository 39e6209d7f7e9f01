/** Whether there is a server behind the URL, and whether it can keep what we store. */
import { reasonOf, StoreRefused } from '../refused.ts'
import type { PostgresDatabase } from './database.ts'

const OLDEST = 150_000

/** The database as messages name it: without user and password. */
export function describeServer(url: string): string {
  if (!URL.canParse(url)) {
    throw new StoreRefused(
      'bad_url',
      'DATABASE_URL is not a readable URL. Write postgres://USER:PASSWORD@HOST/DATABASE and percent-encode special characters.',
    )
  }
  const { host, pathname } = new URL(url)
  return `PostgreSQL at ${host === '' ? 'localhost' : host}${pathname}`
}

export interface ServerTraits {
  /** As `server_version_num` counts. */
  readonly version: number
  readonly encoding: string
}

export async function refuseUnfitServer(db: PostgresDatabase, where: string): Promise<void> {
  refuseUnfit(await ask(db, where), where)
}

export function refuseUnfit({ version, encoding }: ServerTraits, where: string): void {
  if (version < OLDEST) {
    throw new StoreRefused(
      'too_old',
      `${where} is version ${Math.trunc(version / 10_000)}; DNSRadar needs 15 or later. Upgrade the server.`,
    )
  }
  if (encoding !== 'UTF8') {
    throw new StoreRefused('unfit', `${where} stores text as ${encoding}. Create the database with encoding 'UTF8'.`)
  }
}

async function ask(db: PostgresDatabase, where: string): Promise<ServerTraits> {
  try {
    const [row] = await db.all<ServerTraits>(
      "select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding",
    )
    if (row === undefined) throw new Error('the server gave no version')
    return row
  } catch (error) {
    throw new StoreRefused(
      'unreachable',
      `${where} cannot be used (${reasonsOf(error)}). Check that it runs, and DATABASE_URL.`,
      {
        cause: error,
      },
    )
  }
}

/** A refused connection to a name with several addresses is an AggregateError without a message of its own. */
function reasonsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonsOf).join('; ')
  return reasonOf(error)
}
