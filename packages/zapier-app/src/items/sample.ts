/** An item as the definition of a step holds it: Zapier's types ask for an index signature, which interfaces lack. */
export function sampleFrom(item: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item))
}
