/** Our own format: the documented members, or a body that the caller wrote. */
import { contextOf } from '../context.ts'
import { WEBHOOK_METHODS } from '../delivery.ts'
import { dnsEventBody, systemEventBody } from '../payload.ts'
import { type FormatRow, JSON_BY_POST, type Telling } from './format.ts'
import { contentTypeFault, contentTypeOf, templateFault, writeTemplate } from './template.ts'

export const dnsradar: FormatRow = {
  ...JSON_BY_POST,
  methods: WEBHOOK_METHODS,
  options: {
    body: { isRequired: false, isSecret: false, fault: templateFault },
    content_type: { isRequired: false, isSecret: false, fault: contentTypeFault },
  },
  body(telling) {
    const { body: template } = telling.recipient.formatOptions
    return template === undefined ? documented(telling) : writeTemplate(template, telling)
  },
  parts: ({ url, formatOptions }, body) => ({ url, contentType: contentTypeOf(formatOptions), body }),
}

function documented({ news, identity, recipient }: Telling): string {
  if (news.of === 'system') return systemEventBody(identity, news.event)
  const context = recipient.source === null ? null : contextOf(news.event, news.circumstances)
  return dnsEventBody(identity, news.event, context)
}
