/**
 * The evidence of a monitor's last look. What a name server says is as long as it likes, so what is kept is bounded: of
 * a look that is too large every list and text is cut, and `…` stands where something is missing.
 */
import type { CheckResult, KeptLook, Look, Reason, SeenAnswer } from '@dnsradar/core'
import type { LookRow } from '../tables.ts'
import { id, json, readJson } from './columns.ts'

/** Bytes of JSON. A usual look takes under 1 kB; ten servers with an RRset of 64 kB each would make over 1 MB. */
export const LOOK_BYTES = 32 * 1024

/**
 * Characters that each list and each text keep: the largest of these with which the whole fits. With the last one ten
 * answers fit, more than a look gets, of nothing but characters that JSON writes as six bytes.
 */
const ROOMS = [4096, 512, 64, 16] as const

/** A look that is to be kept. */
export type NewLook = CheckResult & { readonly look: Look }

export function isNewLook(result: CheckResult): result is NewLook {
  return result.look !== null
}

export function lookRow({ check, status, look }: NewLook): LookRow {
  const { id: monitorId, orgId } = check.monitor
  if (status.lastChecked === null) throw new Error('a look has no time')
  return { org_id: id(orgId), monitor_id: id(monitorId), looked: status.lastChecked, look: fitted(look) }
}

export function readLook({ looked, look }: Pick<LookRow, 'looked' | 'look'>): KeptLook {
  return { at: looked, look: readJson(look) }
}

function fitted(look: Look): string {
  let text = json(look)
  for (const room of ROOMS) {
    if (Buffer.byteLength(text) <= LOOK_BYTES) break
    text = json(cutLook(look, room))
  }
  return text
}

function cutLook(look: Look, room: number): Look {
  return {
    ...look,
    reasons: look.reasons.slice(0, Math.ceil(room / REASON_ROOM)).map(cutReason),
    values: cutTexts(look.values, room),
    answers: look.answers.map((answer) => cutAnswer(answer, room)),
  }
}

function cutAnswer({ evidence, values, error }: SeenAnswer, room: number): SeenAnswer {
  const { chain, ede } = evidence
  return {
    evidence: {
      ...evidence,
      chain: cutTexts(chain, room),
      ede: ede === null ? null : { ...ede, text: cutText(ede.text, room) },
    },
    values: cutTexts(values, room),
    error: error === null ? null : cutText(error, room),
  }
}

/** The first reason is the cause and always stays. */
const REASON_ROOM = 256

function cutReason({ code, message, value }: Reason): Reason {
  return {
    code,
    message: cutText(message, REASON_ROOM),
    ...(value !== undefined && { value: cutText(value, REASON_ROOM) }),
  }
}

/** As many as fit, the last of them perhaps cut; then a mark that says how many are missing. */
function cutTexts(texts: readonly string[], room: number): readonly string[] {
  const kept: string[] = []
  let left = room
  for (const text of texts) {
    if (left <= 0) break
    kept.push(cutText(text, left))
    left -= Math.max(text.length, LEAST)
  }
  const missing = texts.length - kept.length
  return missing === 0 ? kept : [...kept, `… ${missing} more`]
}

/** Charged for each text of a list, or a list of thousands of empty ones would cost nothing. */
const LEAST = 8

function cutText(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room).toWellFormed()}…` : text
}
