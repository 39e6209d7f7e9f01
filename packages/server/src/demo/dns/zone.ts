/**
 * The data of a small name server: names, records, and what RFC 1034 section 4.3.2 answers from them.
 * Every name is in the zone; a name that only has names below it exists and is empty.
 */
import type { Answer as WireRecord, SoaAnswer, TxtAnswer } from 'dns-packet'

export type ZoneType = 'A' | 'AAAA' | 'CNAME' | 'DNAME' | 'MX' | 'TXT' | 'NS' | 'PTR' | 'CAA' | 'SOA'

/**
 * One record. MX `'10 mx.example.test'`, CAA `'0 issue "ca.example"'`, SOA its minimum TTL as a number, TXT a string
 * or Buffer for one character-string or an array of them, everything else as people write it.
 */
export type ZoneValue = string | number | Buffer | readonly (string | Buffer)[]

export interface ZoneAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN'
  readonly answers: WireRecord[]
  readonly authorities: WireRecord[]
}

const DEFAULT_TTL = 300
const DEFAULT_MINIMUM = 60
const MAX_ALIASES = 16

export class Zone {
  readonly #names = new Map<string, Map<ZoneType, WireRecord[]>>()

  /** Replaces the RRset. Two CNAMEs at one name are taken as they are: servers have been seen to serve them. */
  set(name: string, type: ZoneType, values: readonly ZoneValue[], ttl = DEFAULT_TTL): void {
    const key = keyOf(name)
    const types = this.#names.get(key) ?? new Map<ZoneType, WireRecord[]>()
    types.set(
      type,
      values.map((value) => toRecord(key, type, value, ttl)),
    )
    this.#names.set(key, types)
  }

  /** Without a type the whole name goes. */
  remove(name: string, type?: ZoneType): void {
    const key = keyOf(name)
    const types = this.#names.get(key)
    if (type !== undefined) types?.delete(type)
    if (type === undefined || types?.size === 0) this.#names.delete(key)
  }

  answer(name: string, type: string): ZoneAnswer {
    const answers: WireRecord[] = []
    let owner = keyOf(name)
    for (let hops = 0; hops <= MAX_ALIASES; hops += 1) {
      const types = this.#names.get(owner)
      const records = types?.get(type as ZoneType)
      if (records !== undefined) return { rcode: 'NOERROR', answers: [...answers, ...records], authorities: [] }
      const aliases = types?.get('CNAME') ?? this.#synthesised(owner, answers)
      const [alias] = aliases
      if (alias === undefined) break
      answers.push(...aliases)
      owner = keyOf(String((alias as { data: unknown }).data))
    }
    return { rcode: this.#exists(owner) ? 'NOERROR' : 'NXDOMAIN', answers, authorities: [this.#soa(owner)] }
  }

  /** The CNAME that a DNAME above `owner` makes (RFC 6672); the DNAME itself goes into the answer before it. */
  #synthesised(owner: string, answers: WireRecord[]): WireRecord[] {
    for (const parent of parentsOf(owner)) {
      const dname = this.#names.get(parent)?.get('DNAME')?.[0]
      if (dname === undefined) continue
      answers.push(dname)
      const target = `${owner.slice(0, -parent.length)}${String((dname as { data: unknown }).data)}`
      return [{ name: owner, type: 'CNAME', ttl: DEFAULT_TTL, data: target }]
    }
    return []
  }

  #exists(name: string): boolean {
    if (this.#names.has(name)) return true
    for (const other of this.#names.keys()) if (other.endsWith(`.${name}`)) return true
    return false
  }

  #soa(name: string): WireRecord {
    for (const apex of [name, ...parentsOf(name)]) {
      const soa = this.#names.get(apex)?.get('SOA')?.[0]
      if (soa !== undefined) return soa
    }
    const apex = name.split('.').slice(-2).join('.')
    return soaRecord(apex, DEFAULT_MINIMUM, DEFAULT_TTL)
  }
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

function parentsOf(name: string): string[] {
  const labels = name.split('.')
  return labels.slice(1).map((_, at) => labels.slice(at + 1).join('.'))
}

function toRecord(name: string, type: ZoneType, value: ZoneValue, ttl: number): WireRecord {
  switch (type) {
    case 'SOA':
      return soaRecord(name, Number(value), ttl)
    case 'TXT': {
      const strings = (Array.isArray(value) ? value : [value]) as (string | Buffer)[]
      const data = strings.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))
      return { name, type, ttl, data } satisfies TxtAnswer
    }
    case 'MX': {
      const [preference, exchange = ''] = String(value).split(' ')
      return { name, type, ttl, data: { preference: Number(preference), exchange: exchange === '.' ? '' : exchange } }
    }
    case 'CAA': {
      const [, flags, tag, text] = /^(\d+) (\w+) "(.*)"$/.exec(String(value)) ?? []
      return { name, type, ttl, data: { flags: Number(flags), tag: tag as 'issue', value: text ?? '' } }
    }
    case 'A':
    case 'AAAA':
    case 'CNAME':
    case 'DNAME':
    case 'NS':
    case 'PTR':
      return { name, type, ttl, data: String(value) }
  }
}

function soaRecord(name: string, minimum: number, ttl: number): SoaAnswer {
  const [mname, rname] = [`ns1.${name}`, `hostmaster.${name}`]
  return {
    name,
    type: 'SOA',
    ttl,
    data: { mname, rname, serial: 1, refresh: 3600, retry: 600, expire: 86_400, minimum },
  }
}
