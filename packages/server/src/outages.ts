/** An upstream that fails for many zones at once: a line in the log and a system event, when it begins and when it ends. */
import { type Log, resolverData, type ResolverEventKind, type Store, wireTime } from '@dnsradar/core'
import type { CheckerDeps } from '@dnsradar/core/check'
import type { ResolverOutage } from '@dnsradar/core/resolve/outage'

/** `onTold`: the system event is recorded. */
export function tellOutages(
  { store, log }: { readonly store: Store; readonly log: Log },
  onTold: () => void,
): Required<Pick<CheckerDeps, 'onOutage' | 'onRecovered'>> {
  const tell = (type: ResolverEventKind, outage: ResolverOutage, said: string): void => {
    const { server, since, failingShare } = outage
    log.warn({ server, since: wireTime(since), share: failingShare }, said)
    record(store, type, outage).then(onTold, (error: unknown) =>
      log.error({ err: error, type }, 'a system event could not be recorded'),
    )
  }
  return {
    onOutage: (outage) => tell('resolver.outage', outage, 'a DNS upstream fails, so nothing is concluded from it'),
    onRecovered: (outage) => tell('resolver.recovered', outage, 'a DNS upstream has recovered'),
  }
}

/** The resolver is the installation's, so its default organization is told. */
async function record(store: Store, type: ResolverEventKind, outage: ResolverOutage): Promise<void> {
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  await store.systemEvents.record(organization.id, type, resolverData(outage))
}
