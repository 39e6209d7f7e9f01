/** What a form sent, as texts. Whether they are acceptable is for the API to say. */

export interface Form {
  /** Without white space around it; empty when the field is missing. */
  readonly text: (name: string) => string
  /** Undefined when nothing was typed: the API then decides. */
  readonly optional: (name: string) => string | undefined
  /** All values of a field that may be there several times. */
  readonly all: (name: string) => readonly string[]
  readonly isOn: (name: string) => boolean
  readonly has: (name: string) => boolean
}

/** `body` is what the reader of form bodies gives: texts, or lists of texts. */
export function createForm(body: unknown): Form {
  const fields = new Map<string, readonly string[]>(
    Object.entries((body ?? {}) as Readonly<Record<string, unknown>>).map(([name, value]) => [
      name,
      [value].flat().map(String),
    ]),
  )
  const all = (name: string): readonly string[] => fields.get(name) ?? []
  const text = (name: string): string => all(name).at(-1)?.trim() ?? ''
  return {
    text,
    all,
    optional: (name) => text(name) || undefined,
    isOn: (name) => text(name) !== '',
    has: (name) => fields.has(name),
  }
}
