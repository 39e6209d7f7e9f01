/** A browser without scripts: keeps cookies, follows where it is sent, and fills in forms. */
import { type Api, ADMIN } from '../api.ts'

export interface Page {
  readonly status: number
  readonly headers: Headers
  /** Where it ended, without the server's address. */
  readonly path: string
  readonly html: string
  /** What a reader sees: without tags, white space made one space. */
  readonly text: string
}

export interface Visitor {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Page>
  /** Sends a form of our own page, and follows. */
  post(path: string, fields?: Fields, headers?: Readonly<Record<string, string | null>>): Promise<Page>
  signIn(key?: string): Promise<Page>
  readonly cookies: Map<string, string>
}

export type Fields = Readonly<Record<string, string | readonly string[]>>

export function visit({ address }: Pick<Api, 'address'>): Visitor {
  const cookies = new Map<string, string>()

  async function ask(path: string, init: RequestInit, hops = 5): Promise<Page> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(address + path, {
      ...init,
      headers: { Accept: 'text/html', ...(init.headers as object), ...(cookie === '' ? {} : { Cookie: cookie }) },
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) keep(cookies, line)
    const to = response.headers.get('location')
    if (to !== null && hops > 0) {
      await response.body?.cancel()
      return ask(to, {}, hops - 1)
    }
    const html = await response.text()
    return { status: response.status, headers: response.headers, path, html, text: readable(html) }
  }

  const post: Visitor['post'] = (path, fields = {}, headers = {}) => {
    const body = new URLSearchParams(
      Object.entries(fields).flatMap(([name, given]) =>
        [given].flat().map((value) => [name, value] as [string, string]),
      ),
    )
    const all = { Origin: address, ...headers }
    const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
    return ask(path, { method: 'POST', body, headers: Object.fromEntries(sent) })
  }

  return {
    get: (path, headers = {}) => ask(path, { headers }),
    post,
    signIn: (key = ADMIN) => post('/app/sign-in', { key, next: '/app' }),
    cookies,
  }
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  if (/max-age=0(;|$)/i.test(line)) cookies.delete(name)
  else cookies.set(name, value)
}

function readable(html: string): string {
  const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
