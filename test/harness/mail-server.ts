/** A mail server on loopback: keeps every mail byte for byte, and refuses whom the test says. */
import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { TEST_CERTIFICATE, TEST_KEY } from './tls-certificate.ts'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** Header names in lower case, values unfolded. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The same for mails of the same connection. */
  readonly session: string
}

export interface MailServerOptions {
  /** TLS from the start, with the certificate of `tls-certificate.ts`. */
  readonly tls?: boolean
  /** Whoever says no other password is refused. */
  readonly login?: { readonly user: string; readonly pass: string }
  /** Recipients that do not exist. */
  readonly unknown?: readonly string[]
}

export interface MailServer extends AsyncDisposable {
  /** As `DNSRADAR_SMTP_URL` takes it. */
  readonly url: string
  readonly mails: readonly ReceivedMail[]
  /** Open at this moment. */
  readonly connections: number
  /** The next mail that nobody took yet. Rejects after `timeoutMs` (10 s). */
  next(timeoutMs?: number): Promise<ReceivedMail>
  /** Ends every connection; resolves when they are closed. */
  dropConnections(): Promise<void>
}

export async function startMailServer({
  tls = false,
  login,
  unknown = [],
}: MailServerOptions = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = []
  const watchers = new Set<() => void>()
  let taken = 0

  const options: SMTPServerOptions = {
    secure: tls,
    ...(tls ? { cert: TEST_CERTIFICATE, key: TEST_KEY } : {}),
    disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(login === undefined ? ['AUTH'] : [])],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    // Clients that keep a connection would hold up the end of a test.
    closeTimeout: 10,
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.pass) return done(null, { user: username })
      return done(new Error('Wrong user or password'))
    },
    onRcptTo({ address }, _session, done) {
      done(unknown.includes(address) ? Object.assign(new Error('No such user'), { responseCode: 550 }) : null)
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          session: session.id,
          ...parsed(Buffer.concat(chunks).toString('utf8')),
        })
        done(null, 'kept')
        for (const look of watchers) look()
      })
    },
  }
  const server = new SMTPServer(options)
  const sockets = new Set<Socket>()
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // A client that hangs up is no failure of the test.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const account = login === undefined ? '' : `${login.user}:${encodeURIComponent(login.pass)}@`

  return {
    url: `${tls ? 'smtps' : 'smtp'}://${account}127.0.0.1:${port}`,
    mails,
    get connections() {
      return sockets.size
    },
    next: (timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(look)
          reject(new Error(`no mail number ${taken + 1} within ${timeoutMs} ms`))
        }, timeoutMs)
        const look = (): void => {
          const mail = mails[taken]
          if (mail === undefined) return
          taken += 1
          clearTimeout(timer)
          watchers.delete(look)
          resolve(mail)
        }
        watchers.add(look)
        look()
      }),
    async dropConnections() {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())))
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function parsed(raw: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const [head = '', ...body] = raw.split('\r\n\r\n')
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  const fields = Object.fromEntries(headers)
  return { headers: fields, text: decoded(body.join('\r\n\r\n'), fields['content-transfer-encoding'] ?? '7bit') }
}

function decoded(body: string, encoding: string): string {
  switch (encoding) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8')
    case 'quoted-printable': {
      const octets = body.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => `%${hex}`)
      return octets.replaceAll(/(?:%[0-9A-F]{2})+/g, (run) => decodeURIComponent(run)).replaceAll('\r\n', '\n')
    }
    default:
      return body.replaceAll('\r\n', '\n')
  }
}
