/**
 * Subscribes and unsubscribes, so that any of it can be done again: n8n repeats a failing activation five times and an
 * answer may get lost on the way, and still there is one subscription for a url or none.
 */
import { randomBytes } from 'node:crypto'
import type { IHookFunctions } from 'n8n-workflow'
import { ApiError, type Client, type WireWebhook } from '../shared/client.ts'
import { nodeError } from '../shared/errors.ts'
import { CREDENTIAL, radarClient } from '../shared/transport.ts'
import { readChoices, readOptions } from './choices.ts'
import { forget, keep, keptFor } from './kept.ts'
import { loopbackNotice } from './loopback.ts'
import { changesTo, subscriptionInput, type TriggerChoices } from './subscription.ts'

const SECRET_BYTES = 32
/** n8n repeats what fails by itself, and somebody waits for it. */
const PROMPT = { longestWaitMs: 5_000 }

/**
 * True when the subscription is there, and the one whose secret is kept; what it lacks of the choices is put right.
 * Whether the server still signs with that secret is not to be seen: a secret that was replaced there needs a new
 * subscription.
 */
export async function isSubscribed(context: IHookFunctions): Promise<boolean> {
  const url = ownUrl(context)
  const kept = keptFor(context.getWorkflowStaticData('node'), url)
  // Without the secret nothing can be verified: `subscribe` takes an orphan over and gives it a new one.
  if (kept === null) return false
  const client = await radarClient(context, PROMPT)
  const webhook = await subscriptionAt(client, url)
  if (webhook === null || webhook.uuid !== kept.webhookId) return false
  await bringUpToDate(client, webhook, readChoices(context))
  return true
}

/** True when it is done, as n8n wants to hear it. */
export async function subscribe(context: IHookFunctions): Promise<true> {
  const url = ownUrl(context)
  const choices = readChoices(context)
  const client = await radarClient(context, PROMPT)
  const { baseUrl } = await context.getCredentials<{ baseUrl: string }>(CREDENTIAL)
  const notice = loopbackNotice(url, baseUrl)
  if (notice !== null) context.logger.warn(notice)
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
  const { uuid } = await client.createWebhook(subscriptionInput(url, secret, choices))
  keep(context.getWorkflowStaticData('node'), { url, webhookId: uuid, secret })
  if (context.getMode() === 'manual' && readOptions(context).fetchSample) await askForSample(context, uuid)
  return true
}

/** Nothing is left of it afterwards, whoever took it away. By url, because another one may have been made there since. */
export async function unsubscribe(context: IHookFunctions): Promise<true> {
  const url = ownUrl(context)
  const client = await radarClient(context, PROMPT)
  const webhook = await subscriptionAt(client, url)
  if (webhook !== null) await deleteIfThere(context, client, webhook.uuid)
  const data = context.getWorkflowStaticData('node')
  if (keptFor(data, url) !== null) forget(data)
  return true
}

async function deleteIfThere(context: IHookFunctions, client: Client, id: string): Promise<void> {
  try {
    await client.deleteWebhook(id, { by: 'subscriber' })
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw nodeError(context.getNode(), error)
  }
}

/** Only this very url: a subscription of another workflow is none of ours. */
async function subscriptionAt(client: Client, url: string): Promise<WireWebhook | null> {
  const { data } = await client.listWebhooks({ url, source: 'n8n' })
  return data.find((webhook) => webhook.url === url) ?? null
}

async function bringUpToDate(client: Client, webhook: WireWebhook, choices: TriggerChoices): Promise<void> {
  const groupIds = choices.groups.length === 0 ? [] : await idsOfGroups(client, webhook.groups)
  const changes = changesTo(webhook, groupIds, choices)
  if (changes !== null) await client.updateWebhook(webhook.uuid, changes)
  if (!webhook.is_active) await client.enableWebhook(webhook.uuid)
}

async function idsOfGroups(client: Client, slugs: readonly string[]): Promise<string[]> {
  const groups = await Promise.all(slugs.map((slug) => client.getGroup(slug)))
  return groups.map(({ uuid }) => uuid)
}

/** Only a convenience: listening goes on when the server will not send one. */
async function askForSample(context: IHookFunctions, id: string): Promise<void> {
  try {
    const client = await radarClient(context, { longestWaitMs: 0 })
    await client.testWebhook(id)
  } catch (error) {
    context.logger.warn(`DNSRadar sends no sample: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function ownUrl(context: IHookFunctions): string {
  const url = context.getNodeWebhookUrl('default')
  if (url === undefined) throw new Error('n8n gave this trigger no webhook url: save the workflow and try again')
  return url
}
