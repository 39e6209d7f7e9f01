/** The output schema that n8n shows before a first run, from answers that were really given. */

export type Shape =
  | { readonly type: 'string' | 'number' | 'boolean' }
  | { readonly type: 'array'; readonly items: Shape }
  | { readonly type: 'object'; readonly properties?: Readonly<Record<string, Shape>> }

/** Members that hold whatever their owner put in. */
const OPEN = new Set(['metadata', 'headers', 'format_options'])

/** What a member is when it is not null: n8n has no word for "or null". All others that may be null are strings. */
const NULLABLE: Readonly<Record<string, Shape>> = {
  current_value: { type: 'array', items: { type: 'string' } },
  sequence: { type: 'number' },
  status_code: { type: 'number' },
}

/** One shape for all answers; `name` is the member that they are. */
export function shapeOf(answers: readonly unknown[], name = ''): Shape {
  const [known = null] = answers.filter((answer) => answer !== null && answer !== undefined)
  if (known === null) return NULLABLE[name] ?? { type: 'string' }
  if (Array.isArray(known)) {
    const items = answers.filter(Array.isArray).flat()
    return { type: 'array', items: shapeOf(items) }
  }
  if (typeof known !== 'object') return { type: typeof known as 'string' }
  const objects = answers.filter((answer) => typeof answer === 'object' && answer !== null) as Record<string, unknown>[]
  const members = [...new Set(objects.flatMap(Object.keys))]
  const shapes = members.map((member) => [
    member,
    OPEN.has(member)
      ? { type: 'object' }
      : shapeOf(
          objects.map((object) => object[member]),
          member,
        ),
  ])
  return { type: 'object', properties: Object.fromEntries(shapes) }
}
