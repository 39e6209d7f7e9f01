/**
 * **The table** of operations: what each is called, where it lives, what goes in and what comes out.
 *
 * A row is all an operation needs: the client's method, its arguments and its result are derived from it.
 */
import type {
  AuditQuery,
  BulkMonitorsInput,
  DeleteWebhookQuery,
  EntriApplicationPatch,
  EventQuery,
  GroupMonitorsPatch,
  GroupPatch,
  LookupQuery,
  MatchInput,
  MonitorEventQuery,
  MonitorPatch,
  MonitorQuery,
  NewEntriApplicationInput,
  NewGroupInput,
  NewKeyInput,
  NewMonitorInput,
  NewWebhookInput,
  OrganizationPatch,
  PageQuery,
  RecoverInput,
  RequestQuery,
  RotateSecretInput,
  SummaryQuery,
  StreamMessage,
  StreamQuery,
  SystemEventQuery,
  WebhookPatch,
  WebhookQuery,
  WireAuditEntry,
  WireBulk,
  WireBulkPreview,
  WireCheckedMonitor,
  WireEntriApplication,
  WireEvent,
  WireGroup,
  WireKey,
  WireKeyWithSecret,
  WireLookup,
  WireMatch,
  WireMe,
  WireMonitor,
  WireMonitorDetail,
  WireNode,
  WireOrganization,
  WirePage,
  WireRecovery,
  WireRequest,
  WireRequestDetail,
  WireSummary,
  WireSystemEvent,
  WireWebhook,
  WireWebhookWithSecret,
} from './contract.ts'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Carries a type beside a value; nothing stands behind it at run time. */
declare const TYPE: unique symbol
interface Carries<T> {
  readonly [TYPE]?: T
}

export interface Nothing {
  readonly in: 'nothing'
}
export interface Body<T> extends Carries<T> {
  readonly in: 'body'
}
export interface Query<T> extends Carries<T> {
  readonly in: 'query'
}
export type Input = Nothing | Body<unknown> | Query<unknown>

export interface Output<T> extends Carries<T> {
  readonly out: 'object' | 'page' | 'stream'
}

/** `T` is one message. */
export interface StreamOutput<T> extends Output<T> {
  readonly out: 'stream'
}

export interface Endpoint<
  Path extends string = string,
  In extends Input = Input,
  Out extends Output<unknown> = Output<unknown>,
> {
  readonly method: HttpMethod
  /** `{name}` stands for one path segment. A query in it belongs to the operation. */
  readonly path: Path
  readonly input: In
  readonly output: Out
}

export const ENDPOINTS = {
  me: endpoint('GET', '/me', nothing(), gives<WireMe>()),

  createMonitor: endpoint('POST', '/monitors', body<NewMonitorInput>(), gives<WireMonitor>()),
  /** Answers with the first check, null when it did not come in time. */
  createMonitorAndWait: endpoint('POST', '/monitors?wait=true', body<NewMonitorInput>(), gives<WireMonitorDetail>()),
  createMonitors: endpoint('POST', '/monitors/bulk', body<BulkMonitorsInput>(), gives<WireBulk>()),
  previewMonitors: endpoint('POST', '/monitors/bulk?dry_run=true', body<BulkMonitorsInput>(), gives<WireBulkPreview>()),
  putMonitor: endpoint('PUT', '/monitors/by-key/{external_id}', body<NewMonitorInput>(), gives<WireMonitor>()),
  listMonitors: endpoint('GET', '/monitors', query<MonitorQuery>(), pagesOf<WireMonitor>()),
  getMonitor: endpoint('GET', '/monitors/{id}', nothing(), gives<WireMonitorDetail>()),
  updateMonitor: endpoint('PATCH', '/monitors/{id}', body<MonitorPatch>(), gives<WireMonitor>()),
  deleteMonitor: endpoint('DELETE', '/monitors/{id}', nothing(), gives<null>()),
  enableMonitor: endpoint('POST', '/monitors/{id}/enable', nothing(), gives<WireMonitor>()),
  disableMonitor: endpoint('POST', '/monitors/{id}/disable', nothing(), gives<WireMonitor>()),
  checkMonitor: endpoint('POST', '/monitors/{id}/check', nothing(), gives<WireCheckedMonitor>()),
  acceptMonitor: endpoint('POST', '/monitors/{id}/accept', nothing(), gives<WireMonitor>()),
  listMonitorEvents: endpoint('GET', '/monitors/{id}/events', query<MonitorEventQuery>(), pagesOf<WireEvent>()),
  getMonitorEvent: endpoint('GET', '/monitors/{id}/events/{event}', nothing(), gives<WireEvent>()),

  match: endpoint('POST', '/match', body<MatchInput>(), gives<WireMatch>()),
  lookup: endpoint('GET', '/lookup', query<LookupQuery>(), gives<WireLookup>()),

  listEvents: endpoint('GET', '/events', query<EventQuery>(), pagesOf<WireEvent>()),
  getEvent: endpoint('GET', '/events/{event}', nothing(), gives<WireEvent>()),
  /** Answers message by message for as long as it is read. */
  stream: endpoint('GET', '/stream', query<StreamQuery>(), streamOf<StreamMessage>()),
  listSystemEvents: endpoint('GET', '/system-events', query<SystemEventQuery>(), pagesOf<WireSystemEvent>()),

  listGroups: endpoint('GET', '/groups', query<PageQuery>(), pagesOf<WireGroup>()),
  createGroup: endpoint('POST', '/groups', body<NewGroupInput>(), gives<WireGroup>()),
  getGroup: endpoint('GET', '/groups/{group}', nothing(), gives<WireGroup>()),
  updateGroup: endpoint('PATCH', '/groups/{group}', body<GroupPatch>(), gives<WireGroup>()),
  deleteGroup: endpoint('DELETE', '/groups/{group}', nothing(), gives<null>()),
  listGroupMonitors: endpoint(
    'GET',
    '/groups/{group}/monitors',
    query<Omit<MonitorQuery, 'group'>>(),
    pagesOf<WireMonitor>(),
  ),
  updateGroupMonitors: endpoint('PATCH', '/groups/{group}/monitors', body<GroupMonitorsPatch>(), gives<null>()),
  summary: endpoint('GET', '/summary', query<SummaryQuery>(), gives<WireSummary>()),

  createWebhook: endpoint('POST', '/webhooks', body<NewWebhookInput>(), gives<WireWebhookWithSecret>()),
  listWebhooks: endpoint('GET', '/webhooks', query<WebhookQuery>(), pagesOf<WireWebhook>()),
  getWebhook: endpoint('GET', '/webhooks/{id}', nothing(), gives<WireWebhook>()),
  updateWebhook: endpoint('PATCH', '/webhooks/{id}', body<WebhookPatch>(), gives<WireWebhook>()),
  deleteWebhook: endpoint('DELETE', '/webhooks/{id}', query<DeleteWebhookQuery>(), gives<null>()),
  enableWebhook: endpoint('POST', '/webhooks/{id}/enable', nothing(), gives<WireWebhook>()),
  disableWebhook: endpoint('POST', '/webhooks/{id}/disable', nothing(), gives<WireWebhook>()),
  /** Nothing happens when nothing waits. */
  retryWebhook: endpoint('POST', '/webhooks/{id}/retry', nothing(), gives<WireWebhook>()),
  recoverWebhook: endpoint('POST', '/webhooks/{id}/recover', body<RecoverInput>(), gives<WireRecovery>()),
  rotateSecret: endpoint(
    'POST',
    '/webhooks/{id}/rotate-secret',
    body<RotateSecretInput>(),
    gives<WireWebhookWithSecret>(),
  ),
  testWebhook: endpoint('POST', '/webhooks/{id}/test', nothing(), gives<WireRequest>()),
  listRequests: endpoint('GET', '/webhooks/{id}/requests', query<RequestQuery>(), pagesOf<WireRequest>()),
  getRequest: endpoint('GET', '/webhooks/{id}/requests/{request}', nothing(), gives<WireRequestDetail>()),
  /** Answers with the new request when the old one was delivered already. */
  retryRequest: endpoint('POST', '/webhooks/{id}/requests/{request}/retry', nothing(), gives<WireRequest>()),

  createKey: endpoint('POST', '/keys', body<NewKeyInput>(), gives<WireKeyWithSecret>()),
  listKeys: endpoint('GET', '/keys', query<PageQuery>(), pagesOf<WireKey>()),
  deleteKey: endpoint('DELETE', '/keys/{id}', nothing(), gives<null>()),
  createEntriApplication: endpoint(
    'POST',
    '/entri/applications',
    body<NewEntriApplicationInput>(),
    gives<WireEntriApplication>(),
  ),
  listEntriApplications: endpoint('GET', '/entri/applications', query<PageQuery>(), pagesOf<WireEntriApplication>()),
  getEntriApplication: endpoint('GET', '/entri/applications/{id}', nothing(), gives<WireEntriApplication>()),
  updateEntriApplication: endpoint(
    'PATCH',
    '/entri/applications/{id}',
    body<EntriApplicationPatch>(),
    gives<WireEntriApplication>(),
  ),
  deleteEntriApplication: endpoint('DELETE', '/entri/applications/{id}', nothing(), gives<null>()),
  getOrganization: endpoint('GET', '/organization', nothing(), gives<WireOrganization>()),
  updateOrganization: endpoint('PATCH', '/organization', body<OrganizationPatch>(), gives<WireOrganization>()),
  listAudit: endpoint('GET', '/audit', query<AuditQuery>(), pagesOf<WireAuditEntry>()),
  listNodes: endpoint('GET', '/nodes', query<PageQuery>(), pagesOf<WireNode>()),
} as const satisfies Record<string, Endpoint>

type Endpoints = typeof ENDPOINTS
export type OperationName = keyof Endpoints

/** One argument per path segment, then the body or the query. */
export type ArgumentsOf<Name extends OperationName> = [
  ...SegmentsOf<Endpoints[Name]['path']>,
  ...InputArguments<Endpoints[Name]['input']>,
]

export type ResultOf<Name extends OperationName> = Carried<Endpoints[Name]['output']>

/** Operations that answer with a page of a list. */
export type ListName = {
  [Name in OperationName]: ResultOf<Name> extends WirePage<unknown> ? Name : never
}[OperationName]

export type ItemOf<Name extends ListName> = ResultOf<Name> extends WirePage<infer Item> ? Item : never

/** Operations that answer with messages, for as long as they are read. */
export type StreamName = {
  [Name in OperationName]: Endpoints[Name]['output'] extends StreamOutput<unknown> ? Name : never
}[OperationName]

type Carried<C> = C extends Carries<infer T> ? T : never

type SegmentsOf<Path extends string> = Path extends `${string}{${string}}${infer Rest}`
  ? [segment: string, ...SegmentsOf<Rest>]
  : []

type InputArguments<In> =
  In extends Body<infer B> ? [body: B] : In extends Query<infer Q> ? QueryArgument<Q> : In extends Nothing ? [] : never

/** A query whose members may all be left out may be left out itself. */
type QueryArgument<Q> = object extends Q ? [query?: Q] : [query: Q]

function endpoint<Path extends string, In extends Input, Out extends Output<unknown>>(
  method: HttpMethod,
  path: Path,
  input: In,
  output: Out,
): Endpoint<Path, In, Out> {
  return { method, path, input, output }
}

function nothing(): Nothing {
  return { in: 'nothing' }
}

function body<T>(): Body<T> {
  return { in: 'body' }
}

function query<T>(): Query<T> {
  return { in: 'query' }
}

function gives<T>(): Output<T> {
  return { out: 'object' }
}

function pagesOf<T>(): Output<WirePage<T>> {
  return { out: 'page' }
}

function streamOf<T>(): StreamOutput<T> {
  return { out: 'stream' }
}
