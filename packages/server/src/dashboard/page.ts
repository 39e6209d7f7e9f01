/**
 * What a page is: a row of the page table with a handler that is given who asks and the public API, and gives back
 * what is shown or where to go.
 */
import { ApiError, type Client, type Scope } from '@dnsradar/client'
import type { Account } from '../http/context.ts'
import type { Form } from './form.ts'
import type { Html } from './html.ts'

export interface PageRow {
  readonly method: 'GET' | 'POST'
  /** Below `/app`, in Express form: `/monitors/:id`. */
  readonly path: string
  /** A key without this scope could do nothing on the page, so it is told so at once. The API asks again. */
  readonly needs?: Scope
  readonly handler: (asked: Asked) => Promise<Outcome> | Outcome
}

/** What a handler works with. There is no way from here to the store. */
export interface Asked {
  /** The public API with the key of the session: refuses by throwing `ApiError`. */
  readonly api: Client
  readonly account: Account
  /** Whether the key of the session has this scope. What it may not do is not offered. */
  readonly can: (scope: Scope) => boolean
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Empty unless the row is a POST. */
  readonly form: Form
  /** Path and query as they were asked for. */
  readonly address: string
  /** `https://radar.example.com`: how this installation is called from outside. */
  readonly origin: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** Nothing is called like this: no URL could lead there, so the client writes none. */
export function isNobodysId(text: string): boolean {
  return text === '' || text === '.' || text === '..'
}

export type Outcome = Shown | Gone

export interface Shown {
  readonly kind: 'shown'
  readonly status: number
  readonly title: string
  readonly body: Html
  /** What makes the page look again; null when it stays as it is. */
  readonly live: Live | null
  /** Files of `assets/` beside the ones that every page has. */
  readonly scripts: readonly string[]
}

/** After a form: look at this page instead. */
export interface Gone {
  readonly kind: 'gone'
  /** Below and with `/app`. */
  readonly to: string
  /** Said once at the top of the next page. */
  readonly notice: string | null
}

export interface Live {
  /** Messages of the stream that mean something here, such as `event,monitor`. */
  readonly types: string
  /** Only messages that name this id anywhere. */
  readonly about?: string
  /** Something is expected any moment that no message tells: look every two seconds. */
  readonly soon?: boolean
}

export interface ShowOptions {
  readonly status?: number
  readonly live?: Live
  readonly scripts?: readonly string[]
}

export function show(title: string, body: Html, { status = 200, live, scripts = [] }: ShowOptions = {}): Shown {
  return { kind: 'shown', status, title, body, live: live ?? null, scripts }
}

export function goTo(to: string, notice: string | null = null): Gone {
  return { kind: 'gone', to, notice }
}

/** What the API refused, for a form to say beside its fields. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ApiError }

/**
 * A call whose refusal belongs to what was typed or asked for: the caller shows it. What has another cause, such as a
 * key that may not or is no longer good, goes on to the page that explains it.
 */
export async function attempt<T>(call: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    if (error instanceof ApiError && FOR_FORMS.includes(error.status)) return { ok: false, problem: error }
    throw error
  }
}

const FOR_FORMS: readonly number[] = [400, 402, 409, 413, 422, 429]

/** The value of a parameter, undefined when it is missing or empty: fields of a filter that were left alone are sent too. */
export function given(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name)?.trim()
  return value === '' ? undefined : value
}

/** The same address with some parameters changed; an empty one is taken out. */
export function withQuery(
  path: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string | null>>,
): string {
  const changed = new URLSearchParams([...query].filter(([name, value]) => value !== '' && !(name in changes)))
  for (const [name, value] of Object.entries(changes)) if (value !== null && value !== '') changed.set(name, value)
  const text = changed.toString()
  return text === '' ? path : `${path}?${text}`
}
