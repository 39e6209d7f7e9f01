/** What was typed as the body or the query of an operation. The server judges the values; here is only their form. */
import { usage } from './failure.ts'
import type { Field, FieldKind, Row } from './resources/operation.ts'
import { readTime } from './time.ts'

export function inputOf(
  { positional, fields }: Row,
  words: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const typed = [
    ...positional.map((field, at) => ({ field, given: words[at], as: `<${field.flag}>` })),
    ...fields.map((field) => ({ field, given: options[camelCase(field.flag)], as: `--${field.flag}` })),
  ]
  const members = typed
    .filter(({ given }) => given !== undefined)
    .map(({ field, given, as }) => [field.member, READ[field.kind](given as never, as, field)] as const)
  return Object.fromEntries(members)
}

/** As commander names the option of a flag. */
function camelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

type Read = (given: never, as: string, field: Field) => unknown

const READ: Readonly<Record<FieldKind, Read>> = {
  text: (given: string) => given,
  text_or_none: (given: string) => (given === '' ? null : given),
  integer(given: string, as) {
    if (/^\d{1,9}$/.test(given)) return Number(given)
    throw usage(`${as} ${JSON.stringify(given)} is no number; use digits only.`)
  },
  yes_or_no: (given: string) => given === 'yes',
  list: (given: readonly string[] | string) => given,
  pairs: (given: readonly string[], as) => Object.fromEntries(given.map((one) => pairOf(one, as))),
  time: (given: string, as) => Math.floor(readTime(given, as) / 1000),
}

function pairOf(given: string, as: string): readonly [string, string] {
  const at = given.indexOf('=')
  if (at < 1) throw usage(`${as} ${JSON.stringify(given)} is no pair; write name=value.`)
  return [given.slice(0, at), given.slice(at + 1)]
}
