/** The settings as `--help` prints them, from the text that a test writes and holds to the table of settings. */
import { readFileSync } from 'node:fs'

/** Loading the table itself would take several times as long as all the rest of `--help`. */
export function settingsText(): string {
  return readFileSync(new URL('settings.txt', import.meta.url), 'utf8')
}
