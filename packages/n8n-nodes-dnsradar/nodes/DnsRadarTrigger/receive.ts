/**
 * A delivery arrives: is it genuine, fresh, new and wanted?
 *
 * The node answers by itself instead of leaving it to n8n, for two reasons. What it remembers is saved only when the
 * answer is out before the run exists (n8n 2.40 forgets that static data changed once it creates the run), and n8n's own
 * answer would end up as the response body in the server's request history.
 */
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow'
import { verifyBodySignature, verifyWebhook } from '../shared/client.ts'
import { readChoices, readOptions, type TriggerOptions } from './choices.ts'
import { type Delivery, isTest, parseDelivery, unwanted } from './delivery.ts'
import { type Kept, keptIn, remember } from './kept.ts'
import { itemOf } from './output.ts'

/** `run` starts the workflow; the others are answered and forgotten. */
type Judgement =
  | { readonly kind: 'run'; readonly delivery: Delivery; readonly id: string }
  | { readonly kind: 'duplicate' | 'ignored'; readonly id: string; readonly reason: string }
  | { readonly kind: 'refused'; readonly status: 400 | 401; readonly reason: string }

export async function receiveDelivery(context: IWebhookFunctions): Promise<IWebhookResponseData> {
  const data = context.getWorkflowStaticData('node')
  // Not by url: asked by a test delivery, n8n tells the production one.
  const kept = keptIn(data)
  const options = readOptions(context)
  const judgement = await judge(context, kept, options)
  switch (judgement.kind) {
    case 'refused':
      context.logger.warn(`DNSRadar Trigger refused a request: ${judgement.reason}`)
      return answer(context, judgement.status, { refused: judgement.reason })
    case 'duplicate':
    case 'ignored':
      return answer(context, 200, { [judgement.kind]: judgement.id, reason: judgement.reason })
    case 'run': {
      if (kept !== null) remember(data, kept, judgement.id)
      answer(context, 200, { accepted: judgement.id })
      const headers = options.includeHeaders ? { headers: { ...context.getHeaderData() } as IDataObject } : {}
      const json = { ...itemOf(judgement.delivery, options.output), ...headers }
      return { noWebhookResponse: true, workflowData: [[{ json }]] }
    }
  }
}

async function judge(context: IWebhookFunctions, kept: Kept | null, options: TriggerOptions): Promise<Judgement> {
  if (kept === null) return refused('this trigger has no subscription, so nothing can be verified: publish it again')
  const raw: unknown = context.getRequestObject().rawBody
  if (!(raw instanceof Uint8Array)) return refused('the body came without its octets')
  const request = { body: raw, headers: context.getHeaderData() }
  const { secret } = kept
  const verification = await verifyWebhook(request, { secret, toleranceSeconds: options.toleranceSeconds })
  if (!verification.ok) return refused(verification.reason)
  if (!(await verifyBodySignature(request, secret))) return refused('bad_signature')

  const { id } = verification
  if (kept.seen.includes(id)) return { kind: 'duplicate', id, reason: 'it ran already' }
  const delivery = parseDelivery(Buffer.from(raw).toString('utf8'))
  if (delivery === null) return { kind: 'refused', status: 400, reason: 'the body is no delivery of DNSRadar' }
  const reason = isTest(delivery) ? unwantedTest(context, options) : unwanted(delivery, readChoices(context))
  return reason === null ? { kind: 'run', delivery, id } : { kind: 'ignored', id, reason }
}

function refused(reason: string): Judgement {
  return { kind: 'refused', status: 401, reason }
}

/** A sample is of no group, monitor or type, so filters do not speak of it. */
function unwantedTest(context: IWebhookFunctions, { testDeliveries }: TriggerOptions): string | null {
  if (testDeliveries === 'always') return null
  if (testDeliveries === 'never') return 'test deliveries are ignored'
  return context.getMode() === 'manual' ? null : 'test deliveries run only while listening for a test event'
}

function answer(context: IWebhookFunctions, status: number, body: IDataObject): IWebhookResponseData {
  context.getResponseObject().status(status).json(body)
  return { noWebhookResponse: true }
}
