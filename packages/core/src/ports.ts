/** What the shell must supply to core, as types. */
export type * from './ports/clock.ts'
export type * from './ports/log.ts'
export type * from './ports/resolve.ts'
export type * from './ports/send.ts'
export * from './ports/store.ts'
