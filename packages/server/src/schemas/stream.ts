/** What a stream accepts and sends. */
import { NEWS_KINDS, type NewsKind } from '@dnsradar/core'
import * as z from 'zod'
import { shown } from '../http/validate.ts'
import { id, once } from './fields.ts'
import { Event, Monitor, Request } from './wire.ts'

const types: z.ZodType<ReadonlySet<NewsKind>, string> = z
  .string()
  .refine((given) => given.split(',').every(isKind), {
    error: (issue) =>
      `${shown(issue.input)} is not accepted; use one or more of ${NEWS_KINDS.join(', ')} with a comma between them`,
  })
  .transform((given) => new Set(given.split(',').filter(isKind)))
  .meta({
    description: `One or more of ${NEWS_KINDS.join(', ')}, with commas; all when left out.`,
    override: { examples: ['event,monitor'] },
  })

export const StreamQuery = z.strictObject({
  types: once(types).optional(),
  webhook: once(id('wh')).optional().meta({ description: 'Of requests only those to this webhook.' }),
})

/** The data of a message. */
export const StreamMessage = z.union([Event, Request, Monitor])

function isKind(given: string): given is NewsKind {
  return (NEWS_KINDS as readonly string[]).includes(given)
}
