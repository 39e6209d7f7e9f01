/**
 * How one operation of the API becomes a command: words only, typed against the client's table, so that a member that
 * the API does not know does not compile.
 */
import type { ArgumentsOf, OperationName } from '@dnsradar/client'
import type { Example } from '../commands/cli.ts'

/** What an operation takes besides ids: its body or its query. */
type InputOf<Name extends OperationName> = Exclude<Required<ArgumentsOf<Name>>[number], string>
type MemberOf<Name extends OperationName> = [InputOf<Name>] extends [never] ? never : keyof InputOf<Name> & string

/** How what is typed becomes a value of the wire. */
export type FieldKind =
  | 'text'
  /** An empty text is null: what there is is taken away. */
  | 'text_or_none'
  | 'integer'
  | 'yes_or_no'
  /** Several words behind one option. */
  | 'list'
  /** `name=value`, several. */
  | 'pairs'
  /** ISO 8601 or Unix seconds, sent as seconds. */
  | 'time'

export interface Field<Member extends string = string> {
  readonly member: Member
  /** Without its hyphens. */
  readonly flag: string
  readonly kind: FieldKind
  readonly says: string
  readonly choices?: readonly string[]
  readonly isRequired?: boolean
}

/** What an answer shows: whose columns a list has. */
export type Shown =
  | 'monitor'
  | 'event'
  | 'group'
  | 'webhook'
  | 'request'
  | 'system_event'
  | 'audit'
  | 'node'
  | 'application'
  | 'key'
  | 'other'

export interface Row {
  readonly operation: OperationName
  /** `list`. Empty for a command of its own. */
  readonly verb: string
  readonly says: string
  /** One argument per segment of the path. */
  readonly ids: readonly (readonly [name: string, says: string])[]
  /** Members of the input that stand as arguments behind the ids. */
  readonly positional: readonly Field[]
  readonly fields: readonly Field[]
  readonly shows: Shown
  readonly examples: readonly Example[]
  /** Said when the answer is empty. */
  readonly done: string
}

export interface Resource {
  readonly name: string
  readonly says: string
  readonly rows: readonly Row[]
}

interface Words<Name extends OperationName> {
  readonly ids?: Row['ids']
  readonly positional?: readonly Field<MemberOf<Name>>[]
  readonly fields?: readonly Field<MemberOf<Name>>[]
  readonly shows?: Shown
  readonly examples?: readonly Example[]
  readonly done?: string
}

export function row<Name extends OperationName>(
  verb: string,
  operation: Name,
  says: string,
  words: Words<Name> = {},
): Row {
  const { ids = [], positional = [], fields = [], shows = 'other', examples = [], done = 'Done.' } = words
  return { operation, verb, says, ids, positional, fields, shows, examples, done }
}

export function field<Member extends string>(
  member: Member,
  kind: FieldKind,
  says: string,
  more: { readonly flag?: string; readonly choices?: readonly string[]; readonly isRequired?: boolean } = {},
): Field<Member> {
  return { member, kind, says, flag: member.replaceAll('_', '-'), ...more }
}

export function required<Member extends string>(one: Field<Member>): Field<Member> {
  return { ...one, isRequired: true }
}

/** An operation on one id alone takes several. */
export function takesSeveral({ ids, positional, fields, operation }: Row): boolean {
  return ids.length === 1 && positional.length + fields.length === 0 && !operation.startsWith('list')
}

export function isList({ operation }: Row): boolean {
  return operation.startsWith('list')
}
