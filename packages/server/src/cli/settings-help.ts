/** The settings as `--help` prints them: every one with its default, and which have no effect yet. */
import { SETTINGS, type Setting } from '../config/settings.ts'

export function settingsHelp(): string {
  const rows = Object.values(SETTINGS as Record<string, Setting<unknown>>).map((row) => ({
    name: row.name,
    text: `${row.help}${row.effect === false ? ' [no effect yet]' : ''}`,
    standard: row.shown ?? (row.fallback === '' ? 'unset' : row.fallback),
  }))
  const width = Math.max(...rows.map(({ name }) => name.length))
  const lines = rows.map(({ name, text, standard }) => `  ${name.padEnd(width)}  ${text} (${standard})`)
  return `\nSettings (environment variables, default in brackets):\n${lines.join('\n')}\n\nDurations: 250ms 5s 10m 1h 30d.`
}
