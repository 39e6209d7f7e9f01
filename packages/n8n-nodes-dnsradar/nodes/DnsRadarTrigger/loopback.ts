/** An n8n that was never told its public address gives out one that only its own machine can reach. */

/**
 * What to say when a server elsewhere is given a loopback address; null when all is well. Not a refusal: there may be a
 * tunnel, and on one host it is the right address.
 */
export function loopbackNotice(webhookUrl: string, baseUrl: string): string | null {
  if (!isLoopback(webhookUrl) || isLoopback(baseUrl)) return null
  return `DNSRadar at ${baseUrl} is told to deliver to ${webhookUrl}, which is this machine's own address: set N8N_WEBHOOK_URL to the address that others reach this n8n at.`
}

function isLoopback(address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
