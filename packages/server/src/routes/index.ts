/** **The table** of routes: what the API consists of. */
import type { Route } from '../http/route.ts'
import { entriApplicationRoutes } from './entri-applications.ts'
import { eventRoutes } from './events.ts'
import { groupRoutes } from './groups.ts'
import { inspectionRoutes } from './inspection.ts'
import { keyRoutes } from './keys.ts'
import { manyMonitorRoutes } from './many-monitors.ts'
import { monitorRoutes } from './monitors.ts'
import { nodeRoutes } from './nodes.ts'
import { organizationRoutes } from './organization.ts'
import { requestRoutes } from './requests.ts'
import { serviceRoutes } from './service.ts'
import { streamRoutes } from './stream.ts'
import { systemEventRoutes } from './system-events.ts'
import { webhookRoutes } from './webhooks.ts'

export const ROUTES: readonly Route[] = [
  ...manyMonitorRoutes,
  ...monitorRoutes,
  ...inspectionRoutes,
  ...eventRoutes,
  ...systemEventRoutes,
  ...streamRoutes,
  ...webhookRoutes,
  ...requestRoutes,
  ...groupRoutes,
  ...keyRoutes,
  ...organizationRoutes,
  ...nodeRoutes,
  ...entriApplicationRoutes,
  ...serviceRoutes,
]
