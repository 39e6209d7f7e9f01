/**
 * One attempt to post a notice to the operator's own address. The operator named it, so it is not guarded; credentials
 * in it are sent as a header, and what is said of a failure names neither.
 */
import { Agent } from 'undici'
import { noticeBody, noticeHeaders, noticeMail } from '../delivery/notice.ts'
import { NOTICE_TIMEOUT_MS, type SendNotice } from '../notify.ts'
import type { Sender } from '../ports/send.ts'
import { untilAborted } from './connect.ts'
import { startDeadline } from './deadline.ts'
import { describeFailure } from './failure.ts'
import { readBody } from './response.ts'

export interface NoticePost extends AsyncDisposable {
  readonly send: SendNotice
}

/** `url` is http or https. Redirects are not followed: only 2xx is success. `timeoutMs` is for the whole attempt. */
export function createNoticePost(url: string, userAgent: string, timeoutMs: number = NOTICE_TIMEOUT_MS): NoticePost {
  const { origin, pathname, search, username, password } = new URL(url)
  const path = `${pathname}${search}`
  const account = username === '' && password === '' ? [] : ['Authorization', basic(username, password)]
  const agent = new Agent({ allowH2: false, headersTimeout: 0, bodyTimeout: 0, connect: { timeout: timeoutMs } })
  return {
    async send({ event }) {
      const deadline = startDeadline(timeoutMs, () => "with the operator's address", undefined)
      const { signal } = deadline
      try {
        const headers = [...noticeHeaders(event, userAgent).flat(), ...account]
        const body = noticeBody(event)
        const sent = agent.request({ origin, path, method: 'POST', headers, body, signal })
        const response = await untilAborted(sent, signal)
        response.body.on('error', () => {})
        await untilAborted(readBody(response.body), signal)
        const { statusCode } = response
        return statusCode >= 200 && statusCode <= 299 ? null : `HTTP ${statusCode}`
      } catch (error) {
        return describeFailure(signal.aborted ? signal.reason : error).errorMessage
      } finally {
        deadline.clear()
      }
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  }
}

/** RFC 7617. */
function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`, 'utf8').toString('base64')}`
}

/** A percent sign that begins no octet is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `sender` takes `mailto:`. */
export function noticeByMail(sender: Sender, addresses: readonly string[], userAgent: string): SendNotice {
  // A question mark or a percent sign of an address is not one of the url.
  const url = `mailto:${addresses.map(encodeURIComponent).join(',')}`
  return async (notice) => {
    const outcome = await sender.send({
      url,
      method: 'POST',
      headers: noticeHeaders(notice.event, userAgent),
      body: noticeMail(notice),
      timeoutMs: NOTICE_TIMEOUT_MS,
    })
    return outcome.kind === 'accepted' ? null : outcome.errorMessage
  }
}
