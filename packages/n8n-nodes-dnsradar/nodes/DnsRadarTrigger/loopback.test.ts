import { expect, test } from 'vitest'
import { loopbackNotice } from './loopback.ts'

const cases = [
  { n8n: 'http://localhost:5678/webhook/1', server: 'https://radar.example.com', warns: true },
  { n8n: 'http://127.0.0.1:5678/webhook/1', server: 'http://10.0.0.7:8053', warns: true },
  { n8n: 'http://[::1]:5678/webhook/1', server: 'https://radar.example.com', warns: true },
  { n8n: 'http://localhost:5678/webhook/1', server: 'http://127.0.0.1:8053', warns: false },
  { n8n: 'https://127.example.com/webhook/1', server: 'https://radar.example.com', warns: false },
  { n8n: 'https://n8n.example.com/webhook/1', server: 'https://radar.example.com', warns: false },
]
test.for(cases)('$n8n given to $server is worth a warning: $warns', ({ n8n, server, warns }) => {
  expect(loopbackNotice(n8n, server) !== null).toBe(warns)
})
