import { expect, test } from 'vitest'
import { inferFormat, OFFERED_FORMATS, optionFaults, shownOptions } from './table.ts'

test.for([
  ['https://hooks.slack.com/services/T0/B0/x', 'slack'],
  ['https://HOOKS.SLACK.COM/services/T0/B0/x', 'slack'],
  ['https://discord.com/api/webhooks/1/x', 'discord'],
  ['https://discord.com/channels/1', 'dnsradar'],
  ['https://acme.webhook.office.com/webhookb2/x', 'teams'],
  ['https://prod-1.westeurope.logic.azure.com:443/workflows/x', 'teams'],
  ['https://logic.azure.com.evil.example/x', 'dnsradar'],
  ['https://hooks.slack.com.evil.example/x', 'dnsradar'],
  ['https://ntfy.sh/topic', 'dnsradar'],
  ['https://events.pagerduty.com/v2/enqueue', 'dnsradar'],
  ['mailto:ops@example.com', 'dnsradar'],
  ['not a url', 'dnsradar'],
] as const)('%s is written to as %s', ([url, format]) => {
  expect(inferFormat(url)).toBe(format)
})

test('the hook of an Entri application is not made by hand', () => {
  expect(OFFERED_FORMATS).toEqual(['dnsradar', 'slack', 'discord', 'teams', 'pagerduty', 'ntfy', 'email'])
})

test('a format without options says so', () => {
  expect(optionFaults('slack', { channel: '#dns' })).toEqual({
    'format_options.channel': 'is not known with format slack, which takes none',
  })
})

test('secrets are never shown, and what is no secret is', () => {
  expect(shownOptions('pagerduty', { routing_key: 'x' })).toEqual({ routing_key: '***' })
  expect(shownOptions('dnsradar', { body: '{}' })).toEqual({ body: '{}' })
  expect(shownOptions('slack', { left_over: 'x' })).toEqual({ left_over: '***' })
})
