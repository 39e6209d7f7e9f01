/** **The table** of routes: what the API consists of. */
import type { Route } from '../http/route.ts'
import { eventRoutes } from './events.ts'
import { groupRoutes } from './groups.ts'
import { monitorRoutes } from './monitors.ts'
import { requestRoutes } from './requests.ts'
import { serviceRoutes } from './service.ts'
import { webhookRoutes } from './webhooks.ts'

export const ROUTES: readonly Route[] = [
  ...monitorRoutes,
  ...eventRoutes,
  ...webhookRoutes,
  ...requestRoutes,
  ...groupRoutes,
  ...serviceRoutes,
]
