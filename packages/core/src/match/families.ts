/** The table of matching families: which expected values each one claims, and which records it speaks of. */
import type { Rdata } from '../dns/rdata.ts'
import { txtForm } from '../dns/text.ts'
import { RadarError } from '../errors.ts'
import { type FamilyName, type MonitorType, recordRow } from '../record-types.ts'
import { dkim } from './dkim.ts'
import { dmarc } from './dmarc.ts'
import type { Compiled, Given, SetMode } from './matcher.ts'
import { compileMx } from './mx.ts'
import { compilePolicy, type PolicyKind } from './policy.ts'
import { compileAlias, compileNames, compileSet } from './set.ts'
import { spf } from './spf.ts'

export interface Family {
  compile(given: readonly Given[], mode: SetMode, type: MonitorType): Compiled
  /** Null for families that judge whatever no policy claims. */
  readonly policy: PolicyKind | null
}

const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  set: { compile: compileSet, policy: null },
  names: { compile: compileNames, policy: null },
  alias: { compile: compileAlias, policy: null },
  mx: { compile: compileMx, policy: null },
  spf: policyFamily(spf),
  dmarc: policyFamily(dmarc),
  dkim: policyFamily(dkim),
}

function policyFamily(kind: PolicyKind): Family {
  return { compile: (given, mode) => compilePolicy(kind, given, mode), policy: kind }
}

/** The family that judges an expected value of this type; null when the type has none for it. */
export function familyFor(type: MonitorType, text: string): Family | null {
  const octets = octetsOf(text)
  return familiesOf(type).find(({ policy }) => policy === null || policy.claims(octets)) ?? null
}

export function familiesOf(type: MonitorType): readonly Family[] {
  return recordRow(type).families.map((name) => FAMILIES[name])
}

/** A value that cannot be read is nobody's policy; whoever compiles it says what is wrong. */
function octetsOf(text: string): string {
  try {
    return txtForm.parse(text).key
  } catch (error) {
    if (error instanceof RadarError) return text
    throw error
  }
}

/** The records that a monitor of this type speaks of: of a policy type only those of its family. */
export function recordsOf(type: MonitorType, records: readonly Rdata[]): readonly Rdata[] {
  const [only, ...others] = familiesOf(type)
  const policy = others.length === 0 ? only?.policy : null
  return policy ? records.filter((record) => policy.recognises(record.key)) : records
}

/**
 * The values that belong to the policies which `expected` speaks of; all values when it speaks of none, or of a policy
 * and of other text as well.
 */
export function policyValues(
  type: MonitorType,
  expected: readonly string[],
  values: readonly string[],
): readonly string[] {
  const policies = new Set(expected.map((text) => familyFor(type, text)?.policy ?? null))
  if (policies.size === 0 || policies.has(null)) return values
  return values.filter((text) => policies.has(familyFor(type, text)?.policy ?? null))
}
