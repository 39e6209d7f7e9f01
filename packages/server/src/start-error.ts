/** Something outside stands in the way of a start; the message is one line that says what to change. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
