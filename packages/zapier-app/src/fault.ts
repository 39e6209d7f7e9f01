/** What a person can put right by filling in a field differently. Its message is shown to them as it is. */
export class Fault extends Error {
  override readonly name = 'Fault'
}
