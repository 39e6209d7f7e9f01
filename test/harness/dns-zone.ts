/** The zone of the harness's name server is the one that the demo serves. */
export { Zone, type ZoneType, type ZoneValue } from '@dnsradar/server/demo/dns/zone'
