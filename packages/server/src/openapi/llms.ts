/** `/llms.txt` (llmstxt.org): what a program that reads text has to know to use this API. */
import type { Route } from '../http/route.ts'
import { openApiPath } from './document.ts'
import { operationOf } from './operations.ts'

export function llmsText(routes: readonly Route[]): string {
  return `# DNSRadar

> Watches DNS records, keeps their history, and delivers signed events to webhooks, in order and with retries, when a record no longer is what it should be.

- Authentication: every request carries an API key as \`X-API-Key: sk_…\` or \`Authorization: Bearer sk_…\`. Scopes: read < write < admin.
- Bodies are JSON. Fields and query parameters that are not known are refused.
- Refusals are \`application/problem+json\` with a stable \`code\`, a \`detail\` that says what is accepted, and \`errors\` by field.
- Lists answer \`{limit, after, before, has_more, data}\`; pass \`after\` back as a query parameter to go on.
- Times are ISO 8601 in UTC; time filters are Unix seconds.
- A POST with an \`Idempotency-Key\` header happens once within 24 hours. A GET with \`If-None-Match\` is 304 while nothing changed.
- 429 says in \`Retry-After\` when to ask again.

## Routes

${routes.map(line).join('\n')}

## Links

- [OpenAPI document](/openapi.json): every parameter, body, answer and webhook, as OpenAPI 3.1
- [Reference](/docs): the same for people
`
}

function line(row: Route): string {
  const scope = row.auth === 'none' ? 'no key' : row.auth
  return `- \`${row.method} ${openApiPath(row.path)}\` (${scope}): ${operationOf(row).summary}`
}
