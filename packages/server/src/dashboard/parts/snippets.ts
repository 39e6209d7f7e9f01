/**
 * How to receive deliveries, for those who set a webhook up: what to press in n8n, Zapier and Slack, and whole programs
 * that check the signature before they believe anything.
 */
import { type Html, html } from '../html.ts'

interface Guide {
  readonly id: string
  readonly label: string
  readonly steps: (origin: string) => Html
  /** The program, and what its language is called. */
  readonly code?: string
}

export const EXPRESS = `import { createHmac, timingSafeEqual } from 'node:crypto'
import express from 'express'

const secret = process.env.DNSRADAR_WEBHOOK_SECRET
const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret

function isGenuine(req) {
  const time = req.get('webhook-timestamp') ?? ''
  if (!(Math.abs(Date.now() / 1000 - Number(time)) < 300)) return false
  const wanted = createHmac('sha256', key).update(\`\${req.get('webhook-id')}.\${time}.\`).update(req.body).digest()
  return (req.get('webhook-signature') ?? '').split(' ').some((signature) => {
    const given = Buffer.from(signature.replace('v1,', ''), 'base64')
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  })
}

const app = express()
app.post('/dnsradar', express.raw({ type: '*/*' }), (req, res) => {
  if (!isGenuine(req)) return res.sendStatus(401)
  const { uuid, event } = JSON.parse(req.body)
  // uuid is the same on every attempt: skip what you have seen.
  if (event) console.log(uuid, event.domain, event.old_state, '->', event.new_state)
  res.sendStatus(204)
})
app.listen(process.env.PORT ?? 3000)
`

export const FLASK = `import base64, hashlib, hmac, os, time
from flask import Flask, abort, request

secret = os.environ["DNSRADAR_WEBHOOK_SECRET"]
key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
app = Flask(__name__)


def is_genuine(headers, body):
    sent = headers.get("webhook-timestamp", "")
    if not sent.isdigit() or abs(time.time() - int(sent)) > 300:
        return False
    signed = f"{headers.get('webhook-id')}.{sent}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, signature) for signature in given)


@app.post("/dnsradar")
def dnsradar():
    if not is_genuine(request.headers, request.get_data()):
        abort(401)
    delivery = request.get_json()
    # delivery["uuid"] is the same on every attempt: skip what you have seen.
    if "event" in delivery:
        event = delivery["event"]
        print(delivery["uuid"], event["domain"], event["old_state"], "->", event["new_state"])
    return "", 204
`

export const PHP = `<?php
$secret = getenv('DNSRADAR_WEBHOOK_SECRET');
$key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6)) : $secret;
$body = file_get_contents('php://input');
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';

$wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
$given = explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '');
$isGenuine = ctype_digit($time) && abs(time() - (int) $time) < 300
    && array_filter($given, fn ($signature) => hash_equals($wanted, $signature));
if (!$isGenuine) {
    http_response_code(401);
    exit;
}

$delivery = json_decode($body, true);
// $delivery['uuid'] is the same on every attempt: skip what you have seen.
if (isset($delivery['event'])) {
    $event = $delivery['event'];
    error_log("{$event['domain']}: {$event['old_state']} -> {$event['new_state']}");
}
http_response_code(204);
`

const program = (where: string) => (): Html =>
  html`<p>${where} Give it the signing secret as <code>DNSRADAR_WEBHOOK_SECRET</code>: it was shown when the webhook was made, and a new one is shown when you rotate it.</p>`

/** **The table** of guides. */
const GUIDES: readonly Guide[] = [
  {
    id: 'n8n',
    label: 'n8n',
    steps: (
      origin,
    ) => html`<ol><li>In n8n: <em>Settings, Community nodes, Install</em> <code>n8n-nodes-dnsradar</code>.</li>
<li>Make a credential <em>DNSRadar API</em>: base address <code>${origin}</code> and <a href="/app/keys/new">a key of its own</a> with scope write.</li>
<li>Begin a workflow with <em>DNSRadar Trigger</em> and publish it. It subscribes by itself, and checks signatures: there is nothing to set up here.</li></ol>`,
  },
  {
    id: 'zapier',
    label: 'Zapier',
    steps: (
      origin,
    ) => html`<ol><li>Connect the DNSRADAR app: address <code>${origin}</code> and <a href="/app/keys/new">a key of its own</a> with scope write.</li>
<li>Choose a trigger and publish the Zap. It subscribes by itself: there is nothing to set up here.</li></ol>
<p class="hint">Zapier has to reach this address from the internet.</p>`,
  },
  {
    id: 'slack',
    label: 'Slack',
    steps:
      () => html`<ol><li>In Slack: add <em>Incoming Webhooks</em> to a channel and copy its address, <code>https://hooks.slack.com/services/…</code></li>
<li><a href="/app/webhooks/new">Add a webhook</a> with that address. It is recognized: messages are written for Slack.</li>
<li>Press <em>Send a test</em>.</li></ol>`,
  },
  { id: 'express', label: 'Express (Node)', steps: program('A receiver that runs as it is.'), code: EXPRESS },
  { id: 'flask', label: 'Flask (Python)', steps: program('A receiver that runs as it is.'), code: FLASK },
  { id: 'php', label: 'PHP', steps: program('Put it where your web server runs PHP.'), code: PHP },
]

export function setupGuides(origin: string): Html {
  return html`<section aria-labelledby="setup"><h2 id="setup">Set up the receiver</h2>${GUIDES.map(
    ({ id, label, steps, code }) =>
      html`<details class="guide" id="setup-${id}"><summary>${label}</summary>${steps(origin)}${
        code !== undefined &&
        html`<div class="snippet"><pre id="code-${id}" tabindex="0">${code}</pre><button type="button" data-copy="code-${id}" hidden>Copy</button></div>`
      }</details>`,
  )}</section>`
}
