/** The wire contract of DNSRadar, a typed client over any transport, and the check of a webhook's signature. */
export {
  type ApiRequest,
  type ApiResponse,
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type Send,
} from './client.ts'
export * from './contract.ts'
export {
  type ArgumentsOf,
  ENDPOINTS,
  type Endpoint,
  type HttpMethod,
  type ItemOf,
  type ListName,
  type OperationName,
  type ResultOf,
  type StreamName,
} from './endpoints.ts'
export { ApiError } from './errors.ts'
export { createEventReader, type EventReader, type ServerSentEvent } from './event-stream.ts'
export { connect, type FetchOptions, fetchStream, fetchTransport } from './fetch.ts'
export type { Open, Opened, StreamOptions } from './stream.ts'
export {
  type HeaderSource,
  type SignedRequest,
  type Verification,
  type VerifyOptions,
  verifyBodySignature,
  verifyWebhook,
} from './verify.ts'
