/** Where in a list the reader is: what the links of `pager` carry. */
import { given } from '../page.ts'

export interface Cursor {
  readonly after?: string
  readonly before?: string
}

export function cursorIn(query: URLSearchParams): Cursor {
  const [after, before] = [given(query, 'after'), given(query, 'before')]
  return { ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }) }
}
