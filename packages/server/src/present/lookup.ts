/** What everybody says of a name, on the wire. */
import type { WireLookup } from '@dnsradar/client'
import { seen } from '@dnsradar/core'
import type { LookUp } from '../actions/lookup.ts'
import { presentAnswer } from './check.ts'

export function presentLookup({ question, consistent, answers }: LookUp): WireLookup {
  const { name, type } = question
  return { name, type, consistent, answers: answers.map((answer) => presentAnswer(seen(answer))) }
}
