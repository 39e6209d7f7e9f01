/** What the server needs of the storage engines: to open one, and the key ring that its secrets are sealed with. */
export { copyDatabase, type CopyOptions, replaceDatabase } from './backup.ts'
export { type MovedRows, moveInstallation, type MoveOptions, type MoveProgress } from './move/move.ts'
export { type Cache, type CacheOptions, openCache } from './cache.ts'
export { inspectDatabase, type Inspection } from './inspect.ts'
export { openStore, type OpenOptions } from './open.ts'
export { StoreRefused, type RefusalReason } from './refused.ts'
export { generateKey, parseKeyRing, type KeyRing } from './seal.ts'
export { createWindows, type Windows } from './windows.ts'
