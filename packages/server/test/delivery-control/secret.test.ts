/** A new secret, and the old one that goes on signing for a while. */
import { verifyWebhook, type WireWebhookWithSecret } from '@dnsradar/client'
import type { WebhookId } from '@dnsradar/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bodySignature } from '../../../../test/harness/delivered.ts'
import type { ReceivedRequest } from '../../../../test/harness/webhook-receiver.ts'
import { expectProblem } from '../api.ts'
import { type Control, type Stage, startControl } from './stage.ts'
import { SECOND } from '../times.ts'

let watch: Control
beforeAll(async () => {
  watch = await startControl()
})
afterAll(() => watch[Symbol.asyncDispose]())

describe('rotating the secret', () => {
  const OLD = 'your-webhook-secret-key'
  /** Which of the secrets sign the request. */
  async function signers(request: ReceivedRequest | undefined, ...secrets: string[]): Promise<boolean[]> {
    if (request === undefined) throw new Error('nothing was delivered')
    const { raw, headers } = request
    const verified = secrets.map((secret) => verifyWebhook({ body: raw, headers }, { secret, now: watch.clock.now() }))
    return (await Promise.all(verified)).map(({ ok }) => ok)
  }

  async function sent(staged: Stage, state: 'MISMATCH' | 'VALID'): Promise<ReceivedRequest | undefined> {
    await staged.change(state)
    await watch.delivered(staged.webhook.uuid)
    return staged.received().at(-1)
  }

  test('both sign until the overlap is over, the hex signature stays with the old one until then', async () => {
    const staged = await watch.stage({ secret: OLD })
    const { status, body } = await watch.post(`${staged.path}/rotate-secret`, { overlap_seconds: 60 })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      uuid: staged.webhook.uuid,
      has_secret: true,
      signing_secret: expect.stringMatching(/^whsec_/),
    })
    const during = await sent(staged, 'MISMATCH')
    expect(await signers(during, OLD, body.signing_secret)).toEqual([true, true])
    expect(during?.headers['x-dnsradar-signature']).toBe(bodySignature(OLD, during?.raw ?? Buffer.alloc(0)))
    await watch.clock.advance(60 * SECOND)
    const after = await sent(staged, 'VALID')
    expect(await signers(after, OLD, body.signing_secret)).toEqual([false, true])
    expect(after?.headers['x-dnsradar-signature']).toBe(
      bodySignature(body.signing_secret, after?.raw ?? Buffer.alloc(0)),
    )
    expect(await watch.readWebhook(staged.webhook.uuid)).not.toHaveProperty('signing_secret')
  })

  test('needs no body: the old one signs for a day', async () => {
    const { path, webhook } = await watch.stage({ secret: OLD })
    expect((await watch.post(`${path}/rotate-secret`)).status).toBe(200)
    const { store, orgId } = watch.api
    expect(await store.webhooks.get(orgId, webhook.uuid as WebhookId)).toMatchObject({
      previousSecret: OLD,
      previousSecretUntil: watch.clock.now() + 86_400 * SECOND,
    })
  })

  test('with no overlap counts at once', async () => {
    const staged = await watch.stage({ secret: OLD })
    const { body } = await watch.post(`${staged.path}/rotate-secret`, { overlap_seconds: 0 })
    const request = await sent(staged, 'MISMATCH')
    expect(await signers(request, OLD, body.signing_secret)).toEqual([false, true])
  })

  test('twice within the overlap leaves the newest two', async () => {
    const staged = await watch.stage({ secret: OLD })
    const second = (await watch.post(`${staged.path}/rotate-secret`, {})).body.signing_secret
    const third = (await watch.post(`${staged.path}/rotate-secret`, {})).body.signing_secret
    const request = await sent(staged, 'MISMATCH')
    expect(await signers(request, OLD, second, third)).toEqual([false, true, true])
  })

  test('of a webhook without a secret of its owner’s adds no hex signature', async () => {
    const staged = await watch.stage()
    const { body } = await watch.post(`${staged.path}/rotate-secret`)
    expect(body.has_secret).toBe(false)
    const request = await sent(staged, 'MISMATCH')
    expect(request?.headers).not.toHaveProperty('x-dnsradar-signature')
    const { signing_secret: first } = staged.webhook as WireWebhookWithSecret
    expect(await signers(request, first, body.signing_secret)).toEqual([true, true])
  })

  test.for([-1, 604_801, 1.5, '60', null])('refused: an overlap of %s', async (overlap_seconds) => {
    const { path } = await watch.stage()
    const refused = await watch.post(`${path}/rotate-secret`, { overlap_seconds })
    expectProblem(refused, 400, 'invalid_field', { overlap_seconds: /./ })
  })

  test('is in the audit without any secret, and the same answer for a repeated request', async () => {
    const { path, group } = await watch.stage()
    const mark = { 'Idempotency-Key': group }
    const first = await watch.post(`${path}/rotate-secret`, { overlap_seconds: 60 }, mark)
    const again = await watch.post(`${path}/rotate-secret`, { overlap_seconds: 60 }, mark)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    const [entry, ...others] = (await watch.get<{ data: { action: string }[] }>('/audit?limit=3')).data
    expect(entry).toMatchObject({
      action: 'webhook.rotate_secret',
      object: first.body.uuid,
      changes: { overlap_seconds: 60 },
    })
    expect(others.map(({ action }) => action)).not.toContain('webhook.rotate_secret')
  })
})
