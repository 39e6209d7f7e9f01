/** Where in a file something stands, and what is wrong with it there: one form for every file that is read. */

/** Both begin with 1. A tab or a character outside the basic plane is as many columns as JavaScript counts. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Fault {
  readonly place: Place
  /** A whole sentence: what is wrong, what is accepted, one way out. */
  readonly message: string
}

/** `zone.db:12:5: …`, as compilers say it, so that editors find the place. */
export function faultLine(file: string, { place, message }: Fault): string {
  return `${file}:${place.line}:${place.column}: ${message}`
}

/** In the order of the file. */
export function inOrder<T extends { readonly place: Place }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
}
