/** How the operator of this installation is told of system events: what the settings name, and nothing when they name none. */
import type { Clock, Log, Sender, Store } from '@dnsradar/core'
import { createNotifier, type Notifier } from '@dnsradar/core/notify'
import { createNoticePost, noticeByMail } from '@dnsradar/core/send/notice'
import type { Config } from './config.ts'
import { USER_AGENT } from './version.ts'

interface NoticeDeps {
  readonly store: Pick<Store, 'operatorNotices'>
  /** The one of the webhooks: it knows the mail server. */
  readonly sender: Sender
  readonly clock: Clock
  readonly log: Log
}

export function openNotifier(
  { notifyUrl, notifyEmail }: Pick<Config, 'notifyUrl' | 'notifyEmail'>,
  { store, sender, clock, log }: NoticeDeps,
): Notifier & AsyncDisposable {
  const post = notifyUrl === null ? null : createNoticePost(notifyUrl, USER_AGENT)
  const channels = {
    ...(post === null ? {} : { url: post.send }),
    ...(notifyEmail === null ? {} : { email: noticeByMail(sender, notifyEmail, USER_AGENT) }),
  }
  const notifier = createNotifier({ store, channels, clock, log })
  return { ...notifier, [Symbol.asyncDispose]: async () => post?.[Symbol.asyncDispose]() }
}
