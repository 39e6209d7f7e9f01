/** Fields that several resources share, with what each accepts. */
import { type EventKind, type IdPrefix, type Id, kindMatches, parseId } from '@dnsradar/core'
import * as z from 'zod'
import { shown } from '../http/validate.ts'

/** Text of at most `max` characters. */
export function text(max: number): z.ZodString {
  return z
    .string()
    .min(1, { error: `is empty; give 1 to ${max} characters` })
    .max(max)
}

/** Query parameters are text: a number in digits, given once. */
export function whole(min: number, max: number): z.ZodType<number, string> {
  return once(
    z
      .string()
      .refine((given) => /^\d{1,15}$/.test(given) && Number(given) >= min && Number(given) <= max, {
        error: (issue) => `${shown(issue.input)} is not accepted; use a whole number from ${min} to ${max}`,
      })
      .transform(Number),
  )
}

/** `true` or `false` and nothing that merely looks like it. */
export const queryFlag: z.ZodType<boolean, string> = once(
  z.enum(['true', 'false']).transform((given) => given === 'true'),
)

const FAR_FUTURE = 253_402_300_799

/** Unix seconds in the query, epoch milliseconds inside. */
export const queryTime: z.ZodType<number, string> = once(
  z
    .string()
    .refine((given) => /^\d{1,12}$/.test(given) && Number(given) <= FAR_FUTURE, {
      error: (issue) => `${shown(issue.input)} is not accepted; use Unix seconds such as 1767868522`,
    })
    .transform((given) => Number(given) * 1000),
)

/** A parameter that was given twice arrives as a list. */
export function once<S extends z.ZodType>(schema: S): z.ZodType<z.output<S>, z.input<S>> {
  return z.preprocess((given, context) => {
    if (!Array.isArray(given)) return given
    context.addIssue({ code: 'custom', message: 'is given twice; give it once', input: given })
    return z.NEVER
  }, schema) as unknown as z.ZodType<z.output<S>, z.input<S>>
}

/** `req_test_…` is how the wire marks a test's request, `whk_` how some clients spell a webhook's prefix. */
export function readId<P extends IdPrefix>(prefix: P, given: string): Id<P> | null {
  if (prefix === 'req') return parseId(prefix, given.replace(/^req_test_/, 'req_'))
  if (prefix === 'wh') return parseId(prefix, given.replace(/^whk_/, 'wh_'))
  return parseId(prefix, given)
}

export function id<P extends IdPrefix>(prefix: P): z.ZodType<Id<P>, string> {
  return z.string().transform((given, context) => {
    const read = readId(prefix, given)
    if (read !== null) return read
    context.addIssue({
      code: 'custom',
      message: `${shown(given)} is no id of this kind; use one such as ${prefix}_01k…`,
    })
    return z.NEVER
  })
}

/** A group by slug or id. */
export const group: z.ZodType<string> = z.string().refine(isGroup, {
  error: (issue) =>
    `${shown(issue.input)} is no group; use a grp_ id or a slug of 1 to 63 lower-case letters, digits, _ and -, beginning with a letter or digit`,
})

export function isGroup(given: string): boolean {
  return given.startsWith('grp_') ? parseId('grp', given) !== null : /^[a-z0-9][a-z0-9_-]{0,62}$/.test(given)
}

/** One of these kinds, or a beginning of some and `*`. */
export function kindPattern(kinds: readonly EventKind[]): z.ZodType<string, string> {
  return z.string().refine((given) => kinds.some((kind) => kindMatches(given, kind)), {
    error: (issue) =>
      `${shown(issue.input)} covers no event; use kinds such as ${kinds.slice(0, 3).join(', ')}, also with * at the end`,
  })
}
