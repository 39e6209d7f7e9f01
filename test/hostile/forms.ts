/** What the dashboard's own pages would send: their forms are read, so that a new field is attacked without a word here. */
import { fill, generalize, type Known, placeholder } from './placeholders.ts'
import { type Target, TARGETS, VOCABULARY } from './surface.ts'

/** By name, the values that the form itself holds or offers. */
export type Fields = ReadonlyMap<string, readonly string[]>

/** By the pattern of the route that takes the form. */
export type Forms = ReadonlyMap<string, Fields>

/** `read` gives the HTML of a page. */
export async function readForms(read: (address: string) => Promise<string>, known: Known): Promise<Forms> {
  const pages = TARGETS.filter(({ manner, method }) => manner === 'dashboard' && method === 'GET')
  const found = new Map<string, Map<string, readonly string[]>>()
  for (const { path } of pages) {
    for (const { action, fields } of formsIn(await read(addressOf(path, known)))) {
      const taker = TARGETS.find((target) => target.method === 'POST' && patternOf(target).test(action))
      if (taker === undefined) throw new Error(`no route takes the form of ${path}, which goes to ${action}`)
      const all = found.get(taker.path) ?? new Map<string, readonly string[]>()
      for (const [name, values] of fields) {
        const general = values.map((value) => generalize(value, known))
        all.set(name, [...new Set([...(all.get(name) ?? []), ...general, ...wordsFor(name)])])
      }
      found.set(taker.path, all)
    }
  }
  return found
}

/** What the API was sent under this name: a form that nobody filled in has no values of its own. */
function wordsFor(name: string): readonly string[] {
  return (VOCABULARY.get(name) ?? []).flat().filter((value) => typeof value === 'string')
}

function addressOf(path: string, known: Known): string {
  const named = path.replaceAll(
    /(\w+)\/:id/g,
    (_, of: string) => `${of}/${placeholder(of.replace(/s$/, '') as keyof Known)}`,
  )
  return fill(
    named.replaceAll(/:(\w+)/g, (_, name: string) => placeholder(name as keyof Known)),
    known,
  )
}

function patternOf({ path }: Target): RegExp {
  return new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)
}

/** Of our own writing, where attributes are quoted and nothing is left open. */
function formsIn(html: string): { action: string; fields: [string, string[]][] }[] {
  return [...html.matchAll(/<form\b[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(
    ([, action = '', inside = '']) => ({ action, fields: fieldsIn(inside) }),
  )
}

function fieldsIn(html: string): [string, string[]][] {
  const single = [...html.matchAll(/<(?:input|button)\b([^>]*)>/g)].map(([, attributes = '']): [string, string[]] => [
    attributeOf(attributes, 'name'),
    [attributeOf(attributes, 'value')],
  ])
  const texts = [...html.matchAll(/<textarea\b([^>]*)>(.*?)<\/textarea>/gs)].map(
    ([, attributes = '', text = '']): [string, string[]] => [attributeOf(attributes, 'name'), [text.trim()]],
  )
  const choices = [...html.matchAll(/<select\b([^>]*)>(.*?)<\/select>/gs)].map(
    ([, attributes = '', options = '']): [string, string[]] => [
      attributeOf(attributes, 'name'),
      [...options.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => attributeOf(option, 'value')),
    ],
  )
  return [...single, ...texts, ...choices].filter(([name]) => name !== '')
}

function attributeOf(attributes: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? ''
}
