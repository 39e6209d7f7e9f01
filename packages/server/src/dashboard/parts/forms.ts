/** Fields of forms: label, control, hint, and the API's own complaint about it. */
import type { ApiError } from '@dnsradar/client'
import { attributes, type Html, html } from '../html.ts'

/** What is wrong with a form; null when nothing is. */
export type Complaint = ApiError | null

interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string | Html
  readonly problem?: Complaint
  /** Where the API names the field otherwise. */
  readonly pointer?: string
}

export interface Input extends Field {
  readonly value: string
  readonly type?: 'text' | 'password' | 'number' | 'search' | 'url' | 'email' | 'datetime-local'
  readonly required?: boolean
  readonly placeholder?: string
  readonly autocomplete?: string
  readonly list?: string
}

export function input(field: Input): Html {
  const { name, value, type = 'text', required, placeholder, autocomplete = 'off', list } = field
  const wiring = describedBy(field)
  return wrap(
    field,
    html`<input ${attributes({ id: name, name, type, value, required, placeholder, autocomplete, list, spellcheck: 'false', ...wiring })}>`,
  )
}

export interface TextArea extends Field {
  readonly value: string
  readonly rows?: number
}

export function textArea(field: TextArea): Html {
  const { name, value, rows = 3 } = field
  // The first line break of a text area is the parser's own.
  return wrap(
    field,
    html`<textarea ${attributes({ id: name, name, rows, spellcheck: 'false', ...describedBy(field) })}>
${value}</textarea>`,
  )
}

export interface Select extends Field {
  readonly value: string
  readonly options: readonly Option[]
}

export interface Option {
  readonly value: string
  readonly label: string
}

export function select(field: Select): Html {
  const { name, value, options } = field
  return wrap(
    field,
    html`<select ${attributes({ id: name, name, ...describedBy(field) })}>${options.map(
      (option) =>
        html`<option ${attributes({ value: option.value, selected: option.value === value })}>${option.label}</option>`,
    )}</select>`,
  )
}

export interface Checkbox extends Field {
  readonly checked: boolean
  readonly value?: string
  readonly id?: string
}

export function checkbox(field: Checkbox): Html {
  const { name, label, checked, value = 'true', id = name } = field
  return html`<div class="field check"><label><input ${attributes({ type: 'checkbox', id, name, value, checked, ...describedBy(field) })}> ${label}</label>${below(field)}</div>`
}

/** The complaint as a whole, before the form; links lead to the fields. */
export function complaint(problem: Complaint | undefined, labels: Readonly<Record<string, string>> = {}): Html | null {
  if (problem === null || problem === undefined) return null
  const fields = Object.entries(problem.fields)
  return html`<div class="problem" role="alert" tabindex="-1"><p>${
    fields.length > 0 ? 'This was not accepted:' : problem.message
  }</p>${
    fields.length > 0 &&
    html`<ul>${fields.map(([path, message]) => html`<li><a href="#${fieldOf(path)}">${labels[fieldOf(path)] ?? fieldOf(path)}</a> ${message}</li>`)}</ul>`
  }</div>`
}

/** What the API says of a field: of itself, an entry or a member. */
export function messageOf(problem: Complaint | undefined, name: string): string | null {
  const found = Object.entries(problem?.fields ?? {}).find(([path]) => fieldOf(path) === name)
  return found?.[1] ?? null
}

function fieldOf(path: string): string {
  return /^[^[.]*/.exec(path)?.[0] ?? path
}

function wrap(field: Field, control: Html): Html {
  return html`<div class="field"><label for="${field.name}">${field.label}</label>${control}${below(field)}</div>`
}

function below(field: Field): Html {
  const message = messageOf(field.problem, field.pointer ?? field.name)
  return html`${field.hint !== undefined && html`<p class="hint" id="${field.name}-hint">${field.hint}</p>`}${
    message !== null && html`<p class="error" id="${field.name}-error">${field.label}: ${message}</p>`
  }`
}

function describedBy(field: Field): Readonly<Record<string, string | null>> {
  const isWrong = messageOf(field.problem, field.pointer ?? field.name) !== null
  const ids = [...(isWrong ? [`${field.name}-error`] : []), ...(field.hint === undefined ? [] : [`${field.name}-hint`])]
  return { 'aria-describedby': ids.join(' ') || null, 'aria-invalid': isWrong ? 'true' : null }
}
