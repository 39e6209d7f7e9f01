/** What a test expects to be refused, as the refusal itself. */
import { RadarError } from '../src/errors.ts'

export function refusalOf(call: () => unknown): RadarError {
  try {
    call()
  } catch (error) {
    if (error instanceof RadarError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
