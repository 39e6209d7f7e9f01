/** Lists and members as a text area holds them: one on each line. */

/** Those that have something on them. */
export function linesIn(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** A line without the sign is a name without a value, which the API says something about. */
export function membersIn(text: string, sign: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    linesIn(text).map((line) => {
      const [name = '', ...rest] = line.split(sign)
      return [name.trim(), rest.join(sign).trim()]
    }),
  )
}

export function linesOf(members: Readonly<Record<string, string>>, sign: string): string {
  return Object.entries(members)
    .map(([name, value]) => `${name}${sign}${value}`)
    .join('\n')
}
