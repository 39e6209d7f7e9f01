/** A success with the other status of its route: what a create answers when nothing new was made. */
const GIVEN = Symbol('given')

interface Given<T> {
  readonly body: T
  /** What the audit calls this instead of the route's own word; null when nothing was written. */
  readonly writes?: string | null
}

export interface OtherSuccess<T> {
  readonly [GIVEN]: Given<T>
}

export function otherSuccess<T>(body: T, told: Pick<Given<T>, 'writes'> = {}): OtherSuccess<T> {
  return { [GIVEN]: { body, ...told } }
}

export function isOtherSuccess(given: unknown): given is OtherSuccess<unknown> {
  return typeof given === 'object' && given !== null && GIVEN in given
}

export function givenBy<T>(success: OtherSuccess<T>): Given<T> {
  return success[GIVEN]
}
