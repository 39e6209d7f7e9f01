/** The schema of configuration files for editors, made from the one that reads them. */
import * as z from 'zod'
import { Configuration } from './schema.ts'

interface Override {
  readonly zodSchema: z.core.$ZodType
  readonly jsonSchema: z.core.JSONSchema.BaseSchema
}

/** Draft 7: the newest that language servers of editors know whole. */
export function configurationSchema(): object {
  const made = z.toJSONSchema(Configuration, { target: 'draft-7', io: 'input', unrepresentable: 'any', override })
  return { title: 'Configuration of DNSRadar', ...made }
}

/** The schemas carry words for the OpenAPI document that hold here too, under a key that JSON Schema does not know. */
function override({ jsonSchema }: Override): void {
  const words = jsonSchema['override']
  delete jsonSchema['override']
  delete jsonSchema['param']
  if (typeof words === 'function') words({ jsonSchema })
  else if (typeof words === 'object' && words !== null) Object.assign(jsonSchema, words)
}
