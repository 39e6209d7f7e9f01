/** For what logs on the way in tests that are about something else. */
import type { Log } from '@dnsradar/core'

const silent = (): void => {}

export const SILENT: Log = { debug: silent, info: silent, warn: silent, error: silent }
