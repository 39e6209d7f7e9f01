/** What this release calls itself. */
import manifest from '../package.json' with { type: 'json' }

export const VERSION: string = manifest.version
/** How deliveries introduce themselves. */
export const USER_AGENT = `DNSRadar/${VERSION}`
