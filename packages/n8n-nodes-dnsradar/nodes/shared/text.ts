/** Values as text. */
import type { WireMonitor } from './client.ts'

/** The name as the DNS has it. `subdomain` is null at the apex. */
export function hostname({ domain, subdomain }: Pick<WireMonitor, 'domain' | 'subdomain'>): string {
  return subdomain === null ? domain : `${subdomain}.${domain}`
}

/**
 * A parameter, for which an expression may have given anything. Trimmed, because ids and names are pasted with what
 * stood around them.
 */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value.trim()
  return typeof value === 'object' ? JSON.stringify(value) : `${value as number | boolean | bigint}`
}
