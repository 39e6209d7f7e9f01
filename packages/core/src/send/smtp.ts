/**
 * Connections to the operator's mail server, kept for the next mail while they are idle.
 *
 * nodemailer's own pool cannot call off a mail that waits in it, and an attempt that was given up must not be sent later;
 * so the connections are held here, and aborting one closes it.
 */
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { parseConnectionUrl } from 'nodemailer/lib/shared'
import { AttemptFailure } from './failure.ts'

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly message: Buffer
}

export interface SmtpAnswer {
  /** The server's last line. */
  readonly response: string
  readonly rejected: readonly string[]
}

export interface Smtp {
  /** Rejects with the server's or the socket's error, or with the reason of `signal`. */
  send(mail: Mail, signal: AbortSignal): Promise<SmtpAnswer>
  close(): void
}

const MAX_IDLE = 4
/** Mail servers close idle connections after minutes; ours end well before. */
const IDLE_MS = 30_000

/** `url` is `smtp://user:password@host:port` or `smtps://…`; nodemailer's connection options may follow as a query. */
export function openSmtp(url: string): Smtp {
  const { auth, ...options } = parseConnectionUrl(url)
  const idle = new Map<SMTPConnection, NodeJS.Timeout>()

  const forget = (connection: SMTPConnection): void => {
    clearTimeout(idle.get(connection))
    idle.delete(connection)
  }

  async function fresh(signal: AbortSignal): Promise<SMTPConnection> {
    const connection = new SMTPConnection(options)
    // Between two mails there is nobody else to hear of it.
    connection.on('error', () => forget(connection))
    connection.on('end', () => forget(connection))
    try {
      await step(connection, signal, (done) => connection.connect(done))
      if (auth !== undefined && connection.allowsAuth) {
        await step(connection, signal, (done) => connection.login(auth as SMTPConnection.AuthenticationType, done))
      }
      return connection
    } catch (error) {
      // A server that refuses the login leaves the connection open, and an open one keeps the process alive.
      connection.close()
      throw error
    }
  }

  /** An idle one that still answers, else a new one: nothing of a mail has been sent yet. */
  async function take(signal: AbortSignal): Promise<SMTPConnection> {
    for (const connection of idle.keys()) {
      forget(connection)
      try {
        await step(connection, signal, (done) => connection.reset(done))
        return connection
      } catch (error) {
        connection.close()
        if (signal.aborted) throw error
      }
    }
    return fresh(signal)
  }

  function giveBack(connection: SMTPConnection): void {
    if (connection.destroyed) return
    if (idle.size >= MAX_IDLE) return connection.quit()
    const timer = setTimeout(() => {
      forget(connection)
      connection.quit()
    }, IDLE_MS)
    timer.unref()
    idle.set(connection, timer)
  }

  return {
    async send({ from, to, message }, signal) {
      const connection = await take(signal)
      try {
        const info = await step<SMTPConnection.SentMessageInfo>(connection, signal, (done) =>
          connection.send({ from, to: [...to] }, message, done),
        )
        giveBack(connection)
        return { response: info?.response ?? '', rejected: info?.rejected ?? [] }
      } catch (error) {
        connection.close()
        throw error
      }
    },
    close() {
      for (const connection of idle.keys()) {
        forget(connection)
        connection.close()
      }
    },
  }
}

type Done<T> = (error?: Error | null, value?: T) => void

/** One exchange with the server: ends with its callback, with the connection, or with the signal, which closes it. */
function step<T>(
  connection: SMTPConnection,
  signal: AbortSignal,
  run: (done: Done<T>) => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      signal.removeEventListener('abort', abort)
      connection.off('error', fail)
      connection.off('end', ended)
      act()
    }
    const fail = (error: Error): void => finish(() => reject(error))
    const ended = (): void => fail(new AttemptFailure('reset', 'The mail server closed the connection'))
    const abort = (): void => {
      connection.close()
      fail(signal.reason as Error)
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    connection.once('error', fail)
    connection.once('end', ended)
    run((error, value) => (error ? fail(error) : finish(() => resolve(value))))
  })
}
