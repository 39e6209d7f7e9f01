/** What a move needs of a database, whichever engine keeps it. Values have the shapes of tables.ts. */
import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'

export type Value = Uint8Array | string | number | null
export type Row = Readonly<Record<string, Value>>

export interface Column {
  readonly name: string
  /** Kept as a value and not as a text: what comes back may be written in another way. */
  readonly isJson: boolean
}

/** Runs statements of the move's own. */
export interface Hand {
  all<Found>(sql: string, values?: readonly Value[]): Promise<readonly Found[]>
  run(sql: string, values?: readonly Value[]): Promise<void>
}

/** The database as it was at one moment, whatever is written to it meanwhile. */
export interface Snapshot extends AsyncDisposable {
  /** One at a time. */
  read(sql: string): AsyncIterable<readonly Row[]>
}

export interface Side extends AsyncDisposable {
  /** How messages name it: without user and password. */
  readonly where: string
  readonly kysely: Kysely<Tables>
  readonly hand: Hand
  placeholder(position: number): string
  /** None when there is no such table. */
  columns(table: string): Promise<readonly Column[]>
  snapshot(): Promise<Snapshot>
  transaction<T>(work: (trx: Hand) => Promise<T>): Promise<T>
}

/** A side that is written to, by this move alone. */
export interface Target extends Side {
  /** Whether a process serves it at the moment. */
  isServed(now: number): Promise<boolean>
  /** Takes care of rows as old as `oldest` (epoch milliseconds). */
  makeRoom(oldest: number, now: number): Promise<void>
  /** Deletes all rows; the tables stand in an order in which none comes before one that it refers to. */
  empty(tables: readonly string[]): Promise<void>
}

/** Rows that are read, and that are written in one transaction. */
export const BATCH = 500
