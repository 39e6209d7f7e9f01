/** The product in process: what test harnesses and other programs of this workspace start. */
export type { Overrides } from './compose.ts'
export { type Config, ConfigError, readConfig } from './config.ts'
export { type Route, successesOf } from './http/route.ts'
export { Problem } from './openapi/components.ts'
export { statusesOf } from './openapi/responses.ts'
export { ROUTES } from './routes/index.ts'
export { type RunningServer, startServer } from './server.ts'
export { StartError } from './start-error.ts'
