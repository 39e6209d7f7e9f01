/** What a person can put right by filling in a field differently. Its message is shown to them as it is. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

export function notDnsradar(): Fault {
  return new Fault('What answers at the server address is not DNSRadar. Is the address right?')
}
