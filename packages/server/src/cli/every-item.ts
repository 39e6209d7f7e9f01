/** A whole list: commands print it at once. */
import type { Page, PageRequest } from '@dnsradar/core'

const AT_ONCE = 100

export async function everyItem<T extends { readonly id: string }>(
  list: (page: PageRequest) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = []
  for (;;) {
    const page = await list({ limit: AT_ONCE, way: 'asc', after: items.at(-1)?.id ?? null, before: null })
    items.push(...page.items)
    if (!page.hasNext) return items
  }
}
