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
      .transform(Number)
      .meta({ override: { type: 'integer', minimum: min, maximum: max } }),
  )
}

/** `true` or `false` and nothing that merely looks like it. */
export const queryFlag: z.ZodType<boolean, string> = once(
  z
    .enum(['true', 'false'])
    .transform((given) => given === 'true')
    .meta({
      override: ({ jsonSchema }) => {
        delete jsonSchema.enum
        jsonSchema.type = 'boolean'
      },
    }),
)

const FAR_FUTURE = 253_402_300_799

/** Unix seconds in the query, epoch milliseconds inside. */
export const queryTime: z.ZodType<number, string> = once(
  z
    .string()
    .refine((given) => /^\d{1,12}$/.test(given) && Number(given) <= FAR_FUTURE, {
      error: (issue) => `${shown(issue.input)} is not accepted; use Unix seconds such as 1767868522`,
    })
    .transform((given) => Number(given) * 1000)
    .meta({ description: 'Unix seconds.', override: { type: 'integer', minimum: 0, maximum: FAR_FUTURE } }),
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
  return z
    .string()
    .transform((given, context) => {
      const read = readId(prefix, given)
      if (read !== null) return read
      context.addIssue({
        code: 'custom',
        message: `${shown(given)} is no id of this kind; use one such as ${prefix}_01k…`,
      })
      return z.NEVER
    })
    .meta({ override: { examples: [`${prefix}_01h455vb4pex5vsknk084sn02q`] } })
}

/** A group by slug or id. */
export const group: z.ZodType<string> = z
  .string()
  .refine(isGroup, {
    error: (issue) =>
      `${shown(issue.input)} is no group; use a grp_ id or a slug of 1 to 63 lower-case letters, digits, _ and -, beginning with a letter or digit`,
  })
  .meta({ description: 'Slug or id.', override: { examples: ['default'] } })

export function isGroup(given: string): boolean {
  return given.startsWith('grp_') ? parseId('grp', given) !== null : isSlug(given)
}

export const slug: z.ZodType<string> = z
  .string()
  .refine(isSlug, {
    error: (issue) =>
      `${shown(issue.input)} is no slug; use 1 to 63 lower-case letters, digits, _ and -, beginning with a letter or digit and not with grp_`,
  })
  .meta({ override: { pattern: '^(?!grp_)[a-z0-9][a-z0-9_-]{0,62}$' } })

function isSlug(given: string): boolean {
  return /^(?!grp_)[a-z0-9][a-z0-9_-]{0,62}$/.test(given)
}

/** One of these kinds, or a beginning of some and `*`. */
export function kindPattern(kinds: readonly EventKind[]): z.ZodType<string, string> {
  return z
    .string()
    .refine((given) => kinds.some((kind) => kindMatches(given, kind)), {
      error: (issue) =>
        `${shown(issue.input)} covers no event; use kinds such as ${kinds.slice(0, 3).join(', ')}, also with * at the end`,
    })
    .meta({ description: `Also with * at the end: ${kinds.join(', ')}` })
}

/** A body that gives at least one of its fields. Asked only when nothing else is wrong: unknown fields are told as such. */
export function notEmpty<S extends z.ZodType<object>>(schema: S, hint: string): S {
  return schema.refine((given) => Object.keys(given).length > 0, {
    error: `changes nothing; ${hint}`,
    when: ({ issues }) => issues.length === 0,
  })
}
