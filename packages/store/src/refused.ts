/**
 * Why a store cannot be opened: always the operator's to solve, and said in one line that can be printed as it is.
 *
 * `message` names the file or server, what is wrong with it and one way out; it never holds a password or a key.
 */
export type RefusalReason =
  | 'bad_url'
  | 'bad_key_ring'
  | 'wrong_key_ring'
  | 'unreadable'
  | 'foreign'
  | 'corrupt'
  | 'newer'
  | 'older'
  | 'unfinished_move'
  | 'other_data'
  | 'already_served'
  | 'unreachable'
  | 'too_old'
  | 'unfit'

export class StoreRefused extends Error {
  override readonly name = 'StoreRefused'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** What a refusal says of the error behind it. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
